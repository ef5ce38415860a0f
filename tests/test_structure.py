"""Check which package may import which, that no modules import each other in a circle, and how long a module may get."""

import ast
import functools
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROWS = [
    {"tracker"},
    {"tracker.dates"},
    {"tracker.web"},
    {"tracker.mail"},
    {"tracker.embedded", "tracker.audit"},
    {"tracker.backup"},
    {"tracker.people"},
    {"tracker.help"},
    {"issues"},
    {"actions.models"},
    {"actions.states"},
    {"actions.summaries"},
    {"actions.rules", "actions.submission"},
    {"actions.reports"},
    {"actions.progress"},
    {"actions"},
    {"actions.agendas", "actions.agencies", "actions.action_points"},
    {"actions.lists", "actions.search"},
    {"actions.reminders", "actions.note"},
    {"actions.rollover", "actions.handover"},
    {"actions.inbox", "actions.dashboard", "actions.bulk", "actions.setup"},
    {"tests"},
]
"""A package may import packages of the rows above its own, and itself. A package that is not listed belongs to the one around it."""

WIRING = {"tracker.settings", "tracker.production", "tracker.urls", "tracker.celery"}
"""They put the project together, so they may import everything."""

MAX_LINES, MAX_LINES_OF_TESTS = 330, 700


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {
    dotted(path): path
    for top in ("tracker", "issues", "actions", "tests")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts
}


def package_of(module: str) -> str | None:
    """Return the innermost listed package that the module belongs to; None for a library."""
    listed = [name for row in ROWS for name in row if f"{module}.".startswith(f"{name}.")]
    return max(listed, key=len, default=None)


def may_import(importer: str, imported: str) -> bool:
    row = {name: number for number, names in enumerate(ROWS) for name in names}
    return importer == imported or row[imported] < row[importer]


@functools.cache
def imports(module: str) -> frozenset[str]:
    """Return the modules of the project that the module imports, apart from imports that only serve types."""
    return frozenset(_imports(ast.parse(MODULES[module].read_text()).body) - {module})


def _imports(body: "list[ast.stmt]") -> set[str]:
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found |= {name if name in MODULES else node.module} & MODULES.keys()
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found |= _imports(node.orelse)
        else:
            for part in ("body", "orelse", "finalbody", "handlers"):
                found |= _imports(getattr(node, part, []))
    return found


def cycle_in(graph: dict[str, frozenset[str]]) -> list[str]:
    """Return modules that import each other in a circle; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_packages_import_only_rows_above_their_own():
    wrong = {
        (module, name)
        for module in MODULES.keys() - WIRING
        for name in imports(module)
        if not may_import(package_of(module) or "", package_of(name) or "")
    }

    assert wrong == set()


def test_modules_do_not_import_each_other_in_a_circle():
    assert cycle_in({module: imports(module) for module in MODULES}) == []


def test_modules_are_one_concept_on_a_few_screens():
    lines = {module: len(path.read_text().splitlines()) for module, path in MODULES.items()}
    limits = {module: MAX_LINES_OF_TESTS if module.startswith("tests.") else MAX_LINES for module in MODULES}

    assert {module: count for module, count in lines.items() if count > limits[module]} == {}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("actions.dashboard", "actions.reminders", True),
        ("actions.dashboard", "actions.bulk", False),
        ("actions.reminders", "actions.dashboard", False),
        ("actions.rollover", "actions.reminders", True),
        ("issues", "tracker.people", True),
        ("issues", "actions.models", False),
        ("tracker", "tracker.people", False),
        ("tracker.people", "tracker.people", True),
        ("actions.note", "tests", False),
    ],
)
def test_rule_tells_packages_apart(importer, imported, allowed):
    assert may_import(importer, imported) is allowed


def test_packages_are_found_by_their_longest_name():
    assert package_of("tracker.people.views.mail") == "tracker.people"
    assert package_of("tracker.peoples") == "tracker"
    assert package_of("actions.models") == "actions.models"
    assert package_of("django.db") is None


def test_circles_are_found():
    assert cycle_in({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset()}) == []
    assert set(cycle_in({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})})) == {"a", "b", "c"}


def test_imports_for_types_do_not_count():
    source = "if TYPE_CHECKING:\n    from tracker import text\nelse:\n    from tracker import logs\ndef f():\n    import issues.models"

    assert _imports(ast.parse(source).body) == {"tracker.logs", "issues.models"}
