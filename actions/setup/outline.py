"""Find issues, action points and updates in pasted text, and what is doubtful about them.

Every doubt has a default reading, so that the whole text can be shown, and a question. A person's answers decide.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from actions.setup.lines import Block, Levels, clean_text, plain, read_blocks
from actions.setup.outline_parts import Doubt, Outline, PastedIssue, PastedPoint, PastedUpdate
from actions.setup.wording import Look, issue_heading, look_of, says_no_progress, section
from tracker.folding import fold

MAX_HEADING = 120


def read_outline(text: str, answers: Mapping[str, str], is_update: Callable[[str], bool]) -> Outline:
    """Read a pasted text. `is_update` says whether a paragraph names its source, so that it can only be an update."""
    return _Reader(read_blocks(clean_text(text)), answers, is_update).read()


class _Reader:
    def __init__(self, blocks: list[Block], answers: Mapping[str, str], is_update: Callable[[str], bool]) -> None:
        self.blocks, self.answers, self.is_update = blocks, answers, is_update
        self.issues: list[PastedIssue] = []
        self.introduction: list[str] = []
        self.doubts: list[Doubt] = []
        self.used: dict[int, str] = {}
        self.levels = Levels()
        self.announced: frozenset[str] = frozenset()
        self.has_bare_points = False
        """Whether the action points of this issue are paragraphs without bullets or numbers."""
        self.preamble: list[Block] = []
        _set_keys(blocks)
        self.heads = [fold(plain(block.text[:200])) for block in blocks]
        self.sections = [section(head) for head in self.heads]
        self.titles = [
            None if block.marker and block.marker.style != "1." else issue_heading(head)
            for block, head in zip(blocks, self.heads, strict=True)
        ]
        self.has_paths = any(_is_path(block, 2) for block in blocks)
        self.headings = self._headings()
        self.mode = self._mode()

    def read(self) -> Outline:
        for place, block in enumerate(self.blocks):
            self._take(place, block)
        self._settle_preamble()
        return Outline(self.issues, self.introduction, self.doubts, self.used)

    # What the issues of this text look like

    def _mode(self) -> str:
        if any(self.titles):
            return "words"
        if self.has_paths:
            return "paths"
        marked = [block for block in self.blocks if block.marker]
        if self.headings:
            return "headings"
        levels = Levels()
        if any(levels.of(block) for block in marked):
            return "nested"
        return "flat"

    def _headings(self) -> set[int]:
        """Return the places of unnumbered headings: short lines with a list below, before the next heading."""
        found: set[int] = set()
        last: int | None = None
        for place, block in enumerate(self.blocks):
            if self._may_be_heading(place):
                last = place
            elif block.marker and last is not None:
                found.add(last)
        return found

    def _may_be_heading(self, place: int) -> bool:
        block = self.blocks[place]
        if block.marker or self.sections[place] or block.last_line != block.line or len(block.text) > MAX_HEADING:
            return False
        if block.is_heading or (block.text.isupper() and len(block.text) > 3):
            return True
        following = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        stands_alone = block.after_blank and following is not None and (following.after_blank or bool(following.marker))
        return stands_alone and block.text[-1] not in ".;,:!?" and look_of(block.text) != Look.REPORT

    # One block after the other

    def _take(self, place: int, block: Block) -> None:
        heading = self.titles[place]
        if heading is not None:
            self._add_issue(block, heading[0], block.text[heading[1] :].strip())
        elif self.sections[place] and not (block.marker and self.mode == "nested"):
            self.announced = self.sections[place]
            self.used[block.line] = "section"
        elif self._is_untitled(block):
            issue = self.issues[-1]
            issue.words, issue.last_line = block.text, block.last_line
            self.used[block.line] = "issue"
        elif block.marker:
            self._take_item(place, block)
        else:
            self._take_paragraph(place, block)

    def _is_untitled(self, block: Block) -> bool:
        """Return whether the block is the title of the issue whose heading has only a number: "Issue 1", then the title."""
        if not self.issues or block.marker:
            return False
        issue = self.issues[-1]
        return not issue.words and not issue.points and not issue.texts and self.mode == "words"

    def _take_item(self, place: int, block: Block) -> None:
        assert block.marker is not None  # noqa: S101 - for types
        numbers = block.marker.numbers
        if _is_path(block, 2):
            self._add_point(block, numbers[1], self._issue_numbered(block, numbers[0]))
        elif self.mode == "paths" and self._is_issue_number(block):
            self._add_issue(block, numbers[0], block.text)
        elif self.mode == "paths" and self.issues and self.issues[-1].points:
            self._take_below(block, self.levels.of(block) + 1)
        elif self.mode == "nested":
            level = self.levels.of(block)
            if not level:
                self._add_issue(block, numbers[0] if numbers else 0, block.text, keep_levels=True)
            else:
                self._take_at(block, level - 1)
        elif self.mode == "flat":
            self._take_flat(block)
        elif not self.issues:
            self.preamble.append(block)
        else:
            self._take_at(block, self.levels.of(block))

    def _is_issue_number(self, block: Block) -> bool:
        numbers = block.marker.numbers if block.marker else ()
        if len(numbers) != 1:
            return False
        known = {issue.number for issue in self.issues if issue.words}
        first = min((issue.points[0].line for issue in self.issues if issue.points), default=0)
        is_next = numbers[0] == max(known, default=0) + 1
        is_outer = block.indent <= min((each.indent for each in self.blocks if _is_path(each, 2)), default=0)
        return numbers[0] not in known and is_outer and (is_next or not first or numbers[0] > max(known, default=0))

    def _issue_numbered(self, block: Block, number: int) -> PastedIssue:
        for issue in reversed(self.issues):
            if issue.number == number:
                return issue
        return self._add_issue(block, number, "")

    def _take_at(self, block: Block, level: int) -> None:
        """Take an item of a list at this depth below an issue: an action point, or something below one."""
        issue = self.issues[-1]
        if level or (block.marker and block.marker.style == "1.1" and issue.points):
            self._take_below(block, level or 1)
            return
        if not issue.points:
            self._add_point(block, 0, issue)
            return
        reading = "point"
        if self.is_update(block.text) or says_no_progress(block.text):
            reading = "update"
        elif look_of(block.text) == Look.REPORT:
            reading = self._ask(block, "point", ("update", "point"))
        self._place(block, reading)

    def _take_below(self, block: Block, level: int) -> None:
        """Take an item of a list below an action point: an update, a part of the last update, or a part of the description."""
        issue = self.issues[-1]
        if not issue.points:
            self._add_point(block, 0, issue)
            return
        updates, look = issue.points[-1].updates, look_of(block.text)
        expects_updates = "progress" in self.announced or bool(updates)
        reading = "update" if look == Look.REPORT or self.is_update(block.text) else "text"
        if reading == "text" and not (updates and level > 1):
            if look == Look.TASK and expects_updates:
                reading = self._ask(block, "below", ("update", "point", "text"))
            elif "progress" in self.announced:
                reading = "update"
        self._place(block, reading, is_item=True)

    def _take_paragraph(self, place: int, block: Block) -> None:
        if self.mode == "headings" and place in self.headings:
            self._add_issue(block, 0, block.text)
        elif not self.issues:
            self.preamble.append(block)
        elif self.mode == "words" and self.issues[-1].points and self._may_be_new_issue(place):
            self._place(block, self._ask(block, "heading", ("issue", "text")))
        elif not self.issues[-1].points and "points" in self.announced:
            self.has_bare_points = True
            self._add_point(block, 0, self.issues[-1])
        elif not self.issues[-1].points:
            self._place_in_issue(block)
        elif self.has_bare_points:
            self._take_bare(block)
        else:
            self._take_paragraph_below(block)

    def _take_bare(self, block: Block) -> None:
        """Take a paragraph of a list that has lost its bullets: an action point, or an update on the one above."""
        look, reading = look_of(block.text), "text"
        if look == Look.REPORT or self.is_update(block.text):
            reading = "update"
        elif not block.text[:1].islower():
            reading = "point" if look == Look.TASK else self._ask(block, "point", ("point", "update"))
        self._place(block, reading)

    def _take_paragraph_below(self, block: Block) -> None:
        """Take a paragraph below an action point: an update, or a part of what is above it."""
        point, look = self.issues[-1].points[-1], look_of(block.text)
        reading = "text"
        if self.is_update(block.text) or says_no_progress(block.text):
            reading = "update"
        elif look == Look.REPORT and not point.updates:
            reading = "update" if "progress" in self.announced else self._ask(block, "paragraph", ("update", "text"))
        elif look == Look.REPORT and block.after_blank and block.text[:6].upper() == block.text[:6]:
            reading = "update"  # it begins with an acronym
        self._place(block, reading)

    def _may_be_new_issue(self, place: int) -> bool:
        has_list_below = any(block.marker for block in self.blocks[place + 1 : place + 6])
        return has_list_below and self._may_be_heading(place) and not self.is_update(self.blocks[place].text)

    def _take_flat(self, block: Block) -> None:
        """Take an item of a text that is only one list: its items are issues, or action points of one issue."""
        numbers = block.marker.numbers if block.marker else ()
        first = next(each for each in self.blocks if each.marker)
        readings = ("issues", "points") if numbers else ("points", "issues")
        reading = self._ask(block, "flat", readings) if block is first else self.answers.get(first.key, readings[0])
        if reading == "issues":
            self._add_issue(block, numbers[0] if numbers else 0, block.text)
            return
        if not self.issues:
            self.issues.append(PastedIssue(block.line, block.line, 0, ""))
        self._add_point(block, 0, self.issues[0])

    # What a block becomes

    def _ask(self, block: Block, kind: str, readings: tuple[str, ...]) -> str:
        """Return the answer for this block; without one note the doubt and return the first reading."""
        answer = self.answers.get(block.key, "")
        if answer in readings:
            return answer
        issue = self.issues[-1] if self.issues else None
        point = issue.points[-1] if issue and issue.points else None
        self.doubts.append(Doubt(block.key, block.line, block.last_line, kind, readings, block.text, issue, point))
        return readings[0]

    def _place(self, block: Block, reading: str, *, is_item: bool = False) -> None:
        issue = self.issues[-1]
        point = issue.points[-1] if issue.points else None
        self.used[block.line] = reading
        if reading == "issue":
            self._add_issue(block, 0, block.text)
        elif reading == "point" or not point:
            self._add_point(block, 0, issue)
        elif reading == "update":
            point.updates.append(PastedUpdate(block.line, block.last_line, block.key, [block.text]))
        else:
            target = point.updates[-1].texts if point.updates else point.texts
            target.append(f"- {block.text}" if is_item else block.text)

    def _place_in_issue(self, block: Block) -> None:
        self.used[block.line] = "text"
        self.issues[-1].texts.append(block.text)

    def _add_issue(self, block: Block, number: int, words: str, *, keep_levels: bool = False) -> PastedIssue:
        known = next((issue for issue in self.issues if number and issue.number == number), None)
        self.used[block.line] = "issue"
        self.announced, self.has_bare_points = frozenset(), False
        if not keep_levels:
            self.levels = Levels()
        if known and not known.words:
            known.words, known.line = words, block.line
            return known
        issue = PastedIssue(block.line, block.last_line, number, words, is_repeated=bool(known))
        self.issues.append(issue)
        return issue

    def _add_point(self, block: Block, number: int, issue: PastedIssue) -> None:
        if issue is not self.issues[-1]:
            self.issues.remove(issue)
            self.issues.append(issue)  # what follows belongs to its last action point
        self.used[block.line] = "point"
        issue.points.append(PastedPoint(block.line, block.last_line, block.key, number, block.text))

    def _settle_preamble(self) -> None:
        """Take the text above the first issue into the introduction, or leave it out."""
        if not self.preamble:
            return
        if not self.issues:
            return
        quote = " ".join(block.text for block in self.preamble)[:300]
        block = self.preamble[0]
        readings = ("introduction", "nothing")
        reading = self.answers.get(block.key, "")
        if reading not in readings:
            last_line = self.preamble[-1].last_line
            self.doubts.insert(0, Doubt(block.key, block.line, last_line, "preamble", readings, quote))
            reading = readings[0]
        if reading == "introduction":
            self.introduction = [f"- {each.text}" if each.marker else each.text for each in self.preamble]


def _is_path(block: Block, length: int) -> bool:
    return block.marker is not None and block.marker.style == "1.1" and len(block.marker.numbers) == length


def _set_keys(blocks: Iterable[Block]) -> None:
    """Give each block a key of its text, numbered where the same text appears again."""
    seen: Counter[str] = Counter()
    for block in blocks:
        digest = sha256(fold(block.text).encode()).hexdigest()[:12]
        seen[digest] += 1
        block.key = f"{digest}-{seen[digest]}"
