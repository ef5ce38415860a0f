"""The note as Markdown, read again by a CommonMark parser."""

import re

import pytest
from markdown_it import MarkdownIt

from actions.models import ProgressUpdate
from actions.note.builder import build_note
from actions.note.export.markdown import text_lines, write_markdown
from actions.note.markdown_tree import Paragraph, parse
from tests import personas
from tests.note.conftest import HOSTILE


def words(blocks):
    """Of a tree, in order; white space does not count."""
    found = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += block.text.split()
        else:
            for part in getattr(block, "items", None) or (block.blocks,):
                found += words(part)
    return found


def words_of_commonmark(text):
    found, kinds = [], set()
    for token in MarkdownIt("commonmark").enable("strikethrough").parse(text):
        kinds.add(token.type.removesuffix("_open").removesuffix("_close"))
        if token.type == "inline" and token.children:
            found.append(
                "".join(" " if child.type in {"softbreak", "hardbreak"} else child.content for child in token.children)
            )
    return " ".join(found).split(), kinds


@pytest.mark.parametrize("narrative", HOSTILE)
def test_narrative_says_the_same_to_every_reader(narrative):
    tree = parse(narrative)

    found, kinds = words_of_commonmark("\n".join(text_lines(tree)))

    assert found == words(tree)
    assert kinds <= {"paragraph", "inline", "bullet_list", "ordered_list", "list_item", "blockquote"}


def test_markdown_of_the_baseline_has_every_update(client, focal_point, baseline):
    answer = personas.sign_in(client, focal_point).get("/agendas/2005/note.md")

    found, kinds = words_of_commonmark(answer.content.decode())
    content = " ".join(found)
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="note-2005.md"'
    assert "html_block" not in kinds
    for update in ProgressUpdate.objects.all():
        assert " ".join(words(parse(update.narrative or update.reason))) in content
        assert f"](<http://testserver{update.get_absolute_url()}>)" in answer.content.decode()
    assert content.count("No progress so far.") == 3
    assert content.count("Nothing has been reported.") == 1
    assert focal_point.email in content


def test_markdown_has_the_headings_of_the_agenda(client, focal_point, baseline):
    text = personas.sign_in(client, focal_point).get("/agendas/2005/note.md").content.decode()

    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert len(re.findall(r"^## \d\. ", text, re.MULTILINE)) == 6
    assert len(re.findall(r"^### \d\.\d ", text, re.MULTILINE)) == 17


def test_markdown_of_hostile_text_holds_no_markup_of_theirs(hostile_agenda):
    text = write_markdown(build_note(hostile_agenda, personas.TODAY, with_people=True))

    _found, kinds = words_of_commonmark(text)
    assert kinds.isdisjoint({"html_block", "html_inline", "fence", "code_block", "hr"})
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == 3
    assert "\x07" not in text


@pytest.mark.parametrize(
    "narrative",
    [
        "One.\nTwo.\nThree.",
        "- One.\n  Two.\n- Three.\n  Four.",
        "> One.\n> Two.",
        "1. > One.\n   > Two.",
        "One.  \nTwo.",
    ],
)
def test_line_breaks_of_a_narrative_are_line_breaks_of_the_file(narrative):
    lines = [line.rstrip() for line in text_lines(parse(narrative))]  # as editors store them

    breaks, written = (
        [child.type for token in MarkdownIt("commonmark").parse(text) for child in token.children or ()]
        for text in (narrative, "\n".join(lines))
    )
    assert [kind.replace("soft", "hard") for kind in breaks] == written
    assert "hardbreak" in written


def test_line_breaks_of_an_update_survive_in_the_file(client, focal_point):
    point = personas.action_point()
    personas.update(point, narrative="One line.\nAnother line.", status="under_way")

    file = personas.sign_in(client, focal_point).get("/agendas/2026/note.md").content.decode()

    assert "One line.\\\n  Another line." in file


def test_link_without_a_scheme_leads_to_another_host_in_the_file():
    assert list(text_lines(parse("[a](//host.example/page)"))) == ["[a](<https://host.example/page>)", ""]
