from actions.models.action_point import ActionPoint, ActionPointQuerySet
from actions.models.draft import ProgressDraft
from actions.models.milestone import Milestone
from actions.models.progress_update import Evidence, ProgressUpdate
from actions.models.status import ActionStatus, ReportedStatus

__all__ = [
    "ActionPoint",
    "ActionPointQuerySet",
    "ActionStatus",
    "Evidence",
    "Milestone",
    "ProgressDraft",
    "ProgressUpdate",
    "ReportedStatus",
]
