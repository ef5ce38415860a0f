from actions.forms.action_point import ActionPointForm
from actions.forms.milestone import MilestoneForm
from actions.forms.progress import CorrectionForm, ProgressForm
from actions.forms.snooze import SnoozeForm
from actions.forms.withdrawal import WithdrawalForm

__all__ = ["ActionPointForm", "CorrectionForm", "MilestoneForm", "ProgressForm", "SnoozeForm", "WithdrawalForm"]
