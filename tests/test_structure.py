"""The shape of the project: which package may import which, and how long a module may get."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["tracker", "tracker.people", "issues", "actions.models", "actions"]
"""Each may import itself and those before it."""
ON_TOP = ["actions.dashboard", "actions.reminders", "actions.note", "actions.search"]
"""Each may import itself and all layers, but none of its neighbours."""
ABOVE = {
    "actions.rollover": {"actions.reminders"},
    "actions.handover": {"actions.reminders"},
    "actions.exporting": {"actions.dashboard"},
}
"""Each may import itself, all layers, and those named: what moves action points moves their reminders along, and files of updates are
read as those of the list are."""
# Where the project is put together: these name every package.
WIRING = {"tracker.settings", "tracker.urls", "tracker.celery"}


def modules() -> list[Path]:
    found = [path for top in ("tracker", "issues", "actions") for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def package_of(module: str) -> str | None:
    """The longest of the known packages that the module lies in; None for a library."""
    known = [name for name in [*LAYERS, *ON_TOP, *ABOVE] if module == name or module.startswith(f"{name}.")]
    return max(known, key=len, default=None)


def may_import(importer: str, imported: str) -> bool:
    if importer == imported:
        return True
    if importer in ON_TOP:
        return imported in LAYERS
    if importer in ABOVE:
        return imported in LAYERS or imported in ABOVE[importer]
    return imported in LAYERS and LAYERS.index(imported) < LAYERS.index(importer)


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_imports_run_one_way(path):
    importer = package_of(dotted(path))
    assert importer is not None
    wrong = {
        name
        for name in imports(ast.parse(path.read_text()))
        if (imported := package_of(name)) and not may_import(importer, imported)
    }

    assert dotted(path) in WIRING or wrong == set()


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_module_is_one_concept_on_a_few_screens(path):
    assert len(path.read_text().splitlines()) <= 330


def test_the_rule_itself_refuses_what_it_should():
    assert not may_import("issues", "actions")
    assert not may_import("tracker", "tracker.people")
    assert not may_import("actions", "actions.reminders")
    assert not may_import("actions.reminders", "actions.dashboard")
    assert may_import("actions.reminders", "actions")
    assert may_import("actions.rollover", "actions.reminders")
    assert not may_import("actions.reminders", "actions.handover")
    assert not may_import("actions.rollover", "actions.handover")
