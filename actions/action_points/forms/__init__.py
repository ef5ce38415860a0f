from actions.action_points.forms.box import BoxForm
from actions.action_points.forms.milestone import MilestoneDoneForm, MilestoneForm, MilestoneRemovalForm
from actions.action_points.forms.pause import PartPauseForm, PauseForm
from actions.action_points.forms.progress import CorrectionForm, ProgressForm
from actions.action_points.forms.withdrawal import WithdrawalForm

__all__ = [
    "BoxForm",
    "CorrectionForm",
    "MilestoneDoneForm",
    "MilestoneForm",
    "MilestoneRemovalForm",
    "PartPauseForm",
    "PauseForm",
    "ProgressForm",
    "WithdrawalForm",
]
