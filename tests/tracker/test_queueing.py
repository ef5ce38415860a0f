"""Test that a request goes on when the broker does not take its task, and that no view calls the broker in another way."""

import ast

import pytest
from kombu.exceptions import OperationalError

from tests.test_structure import MODULES
from tracker.people.tasks import send_password_resets
from tracker.queueing import enqueue


@pytest.mark.parametrize("error", [OperationalError("refused"), OSError("disk full"), RuntimeError("something else")])
def test_task_that_the_broker_refuses_is_reported_in_one_line(monkeypatch, caplog, error):
    def refuse(_pks):
        raise error

    monkeypatch.setattr(send_password_resets, "delay", refuse)

    assert enqueue(send_password_resets, [1]) is False
    assert caplog.messages == [f"The broker does not take the task people.send_password_resets: {error!r}"]


def test_only_tasks_publish_without_enqueue():
    """Tasks run in workers, and beat calls them again."""
    calls = {
        name
        for name, path in MODULES.items()
        if not name.startswith("tests")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task"}
    }

    assert calls == {"tracker.queueing", "actions.reminders.tasks", "tracker.embedded.supervisor"}
