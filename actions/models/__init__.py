from actions.models.action_point import ActionPoint, ActionPointQuerySet
from actions.models.draft import ProgressDraft
from actions.models.milestone import Milestone
from actions.models.progress_update import Evidence, ProgressUpdate
from actions.models.responsibility import Responsibility
from actions.models.status import ActionStatus, AttentionReason, ReportedStatus

__all__ = [
    "ActionPoint",
    "ActionPointQuerySet",
    "ActionStatus",
    "AttentionReason",
    "Evidence",
    "Milestone",
    "ProgressDraft",
    "ProgressUpdate",
    "ReportedStatus",
    "Responsibility",
]
