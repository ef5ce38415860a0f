"""Fill in the progress form, and find the page that discards a draft."""

import uuid
from typing import Any

from django.urls import reverse

from actions.models import ProgressDraft


def discard_url(draft: ProgressDraft) -> str:
    return reverse("discard_draft", args=["2026", 1, 1, draft.pk])


def filled(focal_point: Any, **changed: Any) -> dict[str, Any]:
    return {
        "status": "under_way",
        "narrative": "The first course was held.",
        "happened": "December 2005",
        "agency": focal_point.agency_id,
        "submission": str(uuid.uuid4()),
        "version": "0",
    } | changed
