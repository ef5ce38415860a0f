"""Recognise the words of an agenda: the headings of issues, the headings of sections, tasks and reports.

The words are those of the languages in which agendas are written. What they do not decide is a question to the person who pastes.
"""

import re
from enum import StrEnum

from tracker.folding import fold

_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_ISSUE_WORDS = (
    "issue|theme|topic|priority|enjeu|theme|question|tema|asunto|cuestion|вопрос|тема|المساله|القضيه|الموضوع|议题"
)
_ISSUE = re.compile(
    rf"(?:{_ISSUE_WORDS})(?: area)? ?(?:no\.? |number |n[o°]\.? |№ ?|# ?)?"
    rf"(?P<number>[0-9]{{1,3}}|[ivx]{{1,6}}(?![^\W\d_])|{'|'.join(_NUMBER_WORDS)}(?!\w))(?P<end> ?[.:)-]+|$| )"
)

_SECTIONS = {
    "rationale": "rationale|background|why it matters|justification|contexte|antecedentes|pourquoi",
    "progress": "progress|updates?|progress updates?|progress so far|progress made|status|avancement|progres|progresos|avances",
    "points": "action points?|actions?|agreed actions?|recommendations?|next steps|points d'action|mesures|medidas|puntos de accion|"
    "меры|نقاط العمل|行动要点",
}
_SECTION = re.compile(
    rf"(?:{'|'.join(_SECTIONS.values())})(?: ?(?:and|&|/|et|y|и) ?(?:{'|'.join(_SECTIONS.values())}))?"
)
_LABEL = re.compile(r"(?:progress|update|status|avancement|progres|avance)(?: update)?s? ?(?=[:(\[-])[:-]? ?")
LEAD_LABEL = re.compile(
    r"(?:leads?|lead (?:agency|agencies|entity|entities)|led by|responsible(?: agency| agencies| entity| entities)?|"
    r"chefs? de file|responsables?|ответственны[ей]|الجهه المسووله|牵头机构) ?[:-] ?"
)

_TASK_VERBS = """
    achieve add address adopt advance advise advocate agree align allocate analyse analyze appoint apply arrange ask assess assign
    assist begin bring build carry clarify collect commission communicate compile complete conduct connect consider consolidate consult
    continue contribute convene coordinate create deepen define deliver design develop devise disseminate distribute document draft draw
    encourage engage enhance ensure establish evaluate examine expand explore extend facilitate finalise finalize find follow formulate
    forge form foster fund generate get give harmonise harmonize help hold host identify implement improve include increase influence
    inform initiate integrate introduce invest invite involve issue join keep launch lead learn leverage link lobby maintain make map
    measure mobilise mobilize monitor negotiate nominate offer open organise organize participate pilot place plan prepare present produce
    promote propose provide publish pursue raise reach recommend reduce refine reform reinforce replicate report request research review
    revise run scale secure seek select send set share simplify spread standardise standardize start stimulate streamline strengthen
    study submit support survey sustain take test track train translate undertake update upgrade use utilise utilize widen work write
    possibility
"""
_TASKS = frozenset(_TASK_VERBS.split())
_DUTY = re.compile(
    r"\b(?:should|must|shall|needs? to|ought to|is to|are to|to be|doit|doivent|debe|deben|должны?|следует)\b"
)
_REPORT = re.compile(
    r"\b(?:has|have|had|was|were|is|are|been|did|does|will|would|took|held|began|met|set up|made|agreed|organi[sz]ed|launched|released|"
    r"established|developed|published|started|created|advises|expects|plans|works|continues|hosted|completed|"
    r"ont|est|sont|ete|a|ha|han|sido|fue|esta|estan|был[аио]?|создан[аоы]?)\b"
)
_NO_PROGRESS = re.compile(
    r"(?:none|nothing|not|no progress|no action|no update|aucun progres|aucune avancee|rien|ningun progreso|sin avances|нет|никаких)"
    r"(?: (?:so far|yet|to date|to report|was made|has been made|made|a ce jour|hasta (?:ahora|la fecha)|пока))?(?= ?[.;:,(]|$| because| -)"
)
_EXPLORING = re.compile(
    r"\b(?:explor\w{1,5}|look(?:s|ing)? into|considering|investigating|possibilit(?:y|ies)|interest(?:ed)? in|discuss(?:ed|ing)|"
    r"proposed)\b"
)
_AHEAD = re.compile(
    r"\b(?:by|until|before|will|would|expects?|expected|plan(?:s|ned)?|envisage[sd]?|upcoming|next|forthcoming|scheduled|due|to be|since|"
    r"d'ici|avant|para|hasta|antes|до|к)\b"
)


_AGENCY_ACTS = re.compile(r"(?:The )?[A-Z][A-Za-z&-]*[A-Z][A-Za-z&-]* [a-z]+(?:s|ed)\b")


class Look(StrEnum):
    """What a sentence reads like."""

    TASK = "task"
    REPORT = "report"
    UNCLEAR = "unclear"


def issue_heading(head: str) -> tuple[int, int] | None:
    """Return the number of an issue whose heading this folded line begins, such as "issue #1.", and where its title begins."""
    match = _ISSUE.match(head)
    if not match:
        return None
    return _number(match["number"]), match.end()


def heading_length(line: str) -> int:
    """Return how many signs of a line the number of its issue takes, as in "Issue #1."; 0 if the line does not begin so."""
    folded = fold(line)
    found = issue_heading(folded) if len(folded) == len(line) else None
    return found[1] if found else 0


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(text) + 1
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def section(head: str) -> frozenset[str]:
    """Return what the heading of a section announces: rationale, points, progress; nothing if it is no such heading."""
    words = head.strip(" :.-")
    if len(words) > 60 or not _SECTION.fullmatch(words):
        return frozenset()
    return frozenset(name for name, pattern in _SECTIONS.items() if re.search(rf"\b(?:{pattern})\b", words))


def begins_part(head: str) -> bool:
    """Return whether a folded line is the heading of an issue or of a section, so that it does not continue the line above."""
    return issue_heading(head) is not None or bool(section(head))


def label_length(head: str) -> int:
    """Return the length of a label such as "Progress: " or "Update " at the beginning; 0 without one."""
    match = _LABEL.match(head)
    return match.end() if match else 0


def look_of(text: str) -> Look:
    """Return whether the first sentence asks for something or reports on it."""
    head = fold(text[:300])
    first = head.split(" ", 1)[0].strip(",;:")
    if first in _TASKS or _DUTY.search(head):
        return Look.TASK
    if first == "to" and head.split(" ")[1:2] and head.split(" ")[1].strip(",;:") in _TASKS:
        return Look.TASK
    is_report = says_no_progress(text) or _REPORT.search(head) or _AGENCY_ACTS.match(text)
    return Look.REPORT if is_report else Look.UNCLEAR


def says_no_progress(text: str) -> bool:
    return bool(_NO_PROGRESS.match(fold(text[:200])))


def says_exploring(text: str) -> bool:
    return bool(_EXPLORING.search(fold(text[:400])))


def looks_ahead(text: str) -> bool:
    """Return whether a text speaks of what is to come, so that a date in it need not be that of what happened."""
    return bool(_AHEAD.search(fold(text)))
