"""Read pasted text line by line: find bullets and numbers of any kind, and join lines that were broken at the edge of a page.

Every pattern is anchored, and white space is collapsed before, so that the time grows with the length of the text alone.
"""

import re
import unicodedata
from dataclasses import dataclass

from actions.setup.wording import begins_part
from tracker.folding import fold

WRAPPED_FROM, WRAPPED_TO = 60, 140
"""A text whose longest line has this many characters may have been broken into lines at a fixed width."""

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))
_LINE_ENDS = str.maketrans(dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n"))
_SIGNS = str.maketrans(
    {"【": "[", "】": "]", "、": ".", "。": ".", "٫": ".", "．": ".", "·": "•", "–": "-", "—": "-", "―": "-", "−": "-"}
)
_BULLETS = "-•∙‣⁃●○◦■□▪▫►▶➢➤❖✓✔→⇒\uf0b7\uf0a7\uf0d8\uf0fc\uf076"
_SPACED_BULLETS = "*+§¤o"
_CHINESE = "一二三四五六七八九十"

_PATH = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){1,3})[.):]?(?= |$|[^\W\d_])")
_COUNTED = re.compile(
    r"(\()?(?:([0-9]{1,3})([.):])(?= |$|(?<=\))|[^\W\d_])|([ivx]{2,6}|[IVX]{2,6}|[^\W\d_])([.):])(?= |$|(?<=\))))"
    rf"|(\()?([{_CHINESE}]{{1,3}})([.)])|(?:№|#) ?([0-9]{{1,3}})[.:)]?(?= |$)|([0-9]{{1,3}}) -(?= )"
)
_BULLET = re.compile(rf"([{_BULLETS}])(?= |$|[^\W\d_])|([{re.escape(_SPACED_BULLETS)}])(?= |$)")
_HEADING = re.compile(r"#{1,6} (?=\S)")
_TABBED = re.compile(r"([0-9]{1,3})\t")
_PAGE_NUMBER = re.compile(r"(?:page |- ?)?[0-9]{1,4}(?: ?(?:of|/) ?[0-9]{1,4})?(?: -)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """The bullet or number at the beginning of a line."""

    style: str
    """What items of one list share: `-`, `1.`, `(a)`, `i)`; `1.1` for a number with its issue."""
    numbers: tuple[int, ...] = ()
    """The numbers, with -1 for the number 0, which is none."""
    letter: str = ""
    """A letter or Roman number, which `Levels` may have to tell apart."""


@dataclass(slots=True)
class Block:
    """Hold an item of a list, a paragraph or a heading, with the numbers of its lines from 1."""

    line: int
    last_line: int
    indent: int
    marker: Marker | None
    text: str
    after_blank: bool
    is_heading: bool = False
    key: str = ""
    """Identify the block by its text, so that an answer stays with it while other lines are edited."""


def clean_text(text: str) -> str:
    """Return the text without a byte order mark and other signs that nobody sees; page breaks become line breaks."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS).translate(_INVISIBLE)


def lines_of(text: str) -> list[str]:
    return text.split("\n")


def plain(text: str) -> str:
    """Return the text with digits and punctuation of any script as in ASCII, sign by sign, and spaces of any kind as spaces."""
    return "".join(map(_plain_sign, text)).translate(_SIGNS)


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return " " if sign.isspace() else sign
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return " " if sign.isspace() else sign


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a cleaned text, with lines joined that belong together. Page numbers are left out."""
    lines = lines_of(text)
    width = max((len(line) for line in lines), default=0)
    width = width if WRAPPED_FROM <= width <= WRAPPED_TO else 0
    blocks: list[Block] = []
    previous, after_blank = "", True
    for number, raw in enumerate(lines, start=1):
        block = _read_line(number, raw, after_blank)
        if block is None:
            after_blank, previous = True, ""
            continue
        if not block.marker and _PAGE_NUMBER.fullmatch(plain(block.text)):
            continue
        above = blocks[-1] if blocks else None
        is_bare = above is not None and bool(above.marker) and not above.text and not block.marker
        if above and (is_bare or (not after_blank and _continues(above, previous, block, width))):
            _join(above, block)
        else:
            blocks.append(block)
        previous, after_blank = raw.rstrip(), False
    return [block for block in blocks if block.text]


def _read_line(number: int, raw: str, after_blank: bool) -> Block | None:
    content = " ".join(raw.split())
    if not content:
        return None
    content, is_heading = _without_emphasis(content)
    indent = _indent(raw)
    head = plain(content)
    marker, length = _read_marker(head, raw) if not is_heading else (None, 0)
    return Block(number, number, indent, marker, content[length:].strip(), after_blank, is_heading)


def _indent(raw: str) -> int:
    expanded = raw.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _without_emphasis(content: str) -> tuple[str, bool]:
    """Return the line without Markdown's signs of headings and bold text, and whether it was a heading."""
    heading = _HEADING.match(content)
    if heading and not content[1:2].isdigit():
        content = content[heading.end() :]
    for sign in ("**", "__"):
        if content.startswith(sign) and content.count(sign) == 2:
            content = content.replace(sign, "")
    return content, bool(heading)


def _read_marker(head: str, raw: str) -> tuple[Marker | None, int]:
    """Return the marker at the beginning of a line, and its length."""
    if match := _PATH.match(head):
        return Marker("1.1", tuple(int(number) or -1 for number in match[1].split("."))), match.end()
    if match := _COUNTED.match(head):
        return _counted(match), match.end()
    if match := _BULLET.match(head):
        is_bullet = match[2] != "o" or _is_bullet_o(raw)
        return (Marker(match[1] or match[2]), match.end()) if is_bullet else (None, 0)
    if match := _TABBED.match("".join(_plain_sign(sign) if sign != "\t" else sign for sign in raw.strip()[:5])):
        return Marker("1.", (int(match[1]),)), match.end() - 1
    return None, 0


def _is_bullet_o(raw: str) -> bool:
    """Return whether the line begins with the o that Word uses as a bullet: white space that is wide follows it."""
    after = raw.strip()[1:]
    return len(after) - len(after.lstrip()) > 1 or after[:1] in ("\t", "\xa0")


def _counted(match: re.Match[str]) -> Marker:
    before, digits, after, letters, after_letters, chinese_before, chinese, chinese_after, sharp, dashed = (
        match.groups()
    )
    if digits:
        return Marker(f"{before or ''}1{after}", (int(digits) or -1,))
    if sharp or dashed:
        return Marker("#1" if sharp else "1 -", (int(sharp or dashed),))
    if chinese:
        return Marker(f"{chinese_before or ''}一{chinese_after}")
    kind = "i" if len(letters) > 1 or letters in "iI" else "a"
    return Marker(f"{before or ''}{kind.upper() if letters.isupper() else kind}{after_letters}", (), letters)


def _continues(block: Block, previous: str, following: Block, width: int) -> bool:
    """Return whether a line belongs to the one before: that had no room for its first word, or it begins in the middle of a sentence."""
    if following.marker or following.is_heading or block.is_heading:
        return False
    if following.text[:1].islower():
        return True
    if begins_part(fold(plain(following.text[:80]))):
        return False
    first_word = following.text.split(" ", 1)[0]
    return bool(width) and len(previous) + 1 + len(first_word) > width * 0.9


def _join(block: Block, following: Block) -> None:
    is_hyphenated = block.text.endswith("-") and following.text[:1].islower()
    block.text += ("" if is_hyphenated or not block.text else " ") + following.text
    block.last_line = following.last_line


class Levels:
    """Find out how deep an item of a list is, from its indentation and its kind of bullet or number."""

    def __init__(self) -> None:
        self._above: list[tuple[int, str, str]] = []

    def of(self, block: Block) -> int:
        """Return the depth of the next item, from 0."""
        marker = block.marker or Marker("")
        indent, style = block.indent, self._style_of(marker)
        while len(self._above) > 1 and indent < self._above[-1][0] - 1:
            self._above.pop()
        depth = self._depth_of(indent, style)
        if depth is not None:
            del self._above[depth:]
        elif self._above and indent < self._above[0][0]:
            self._above.clear()
        self._above.append((indent, style, marker.letter))
        return len(self._above) - 1

    def _depth_of(self, indent: int, style: str) -> int | None:
        """Return the depth of the list that an item continues: that of its indentation; below the first level also one next to it."""
        same = [(depth, above) for depth, (above, known, _letter) in enumerate(self._above) if known == style]
        exact = [depth for depth, above in same if above == indent]
        close = [depth for depth, above in same if depth and abs(above - indent) == 1]
        return next(reversed(exact or close), None)

    def _style_of(self, marker: Marker) -> str:
        """Return the style; for a letter that may be a Roman number, that of the list which it continues."""
        if len(marker.letter) != 1 or marker.letter.lower() not in "ivxlc":
            return marker.style
        for _indent, style, letter in reversed(self._above):
            swapped = marker.style.translate(str.maketrans("iIaA", "aAiI"))
            if style == swapped and (marker.style[-2] in "aA" or ord(letter[0]) + 1 == ord(marker.letter)):
                return style
        return marker.style


def marker_length(line: str) -> int:
    """Return how many signs of a line its indentation and its marker take; 0 without a marker."""
    content = line.strip()
    _marker, length = _read_marker(plain(content), line)
    return len(line) - len(line.lstrip()) + length if length else 0
