from actions.forms.action_point import ActionPointForm
from actions.forms.agenda import AgendaForm, IssueForm, NewActionPointForm
from actions.forms.milestone import MilestoneDoneForm, MilestoneForm, MilestoneRemovalForm
from actions.forms.pasted_agenda import PastedAgendaForm
from actions.forms.progress import CorrectionForm, ProgressForm
from actions.forms.snooze import SnoozeForm
from actions.forms.withdrawal import WithdrawalForm

__all__ = [
    "ActionPointForm",
    "AgendaForm",
    "CorrectionForm",
    "IssueForm",
    "MilestoneDoneForm",
    "MilestoneForm",
    "MilestoneRemovalForm",
    "NewActionPointForm",
    "PastedAgendaForm",
    "ProgressForm",
    "SnoozeForm",
    "WithdrawalForm",
]
