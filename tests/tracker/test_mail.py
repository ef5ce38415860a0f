"""Test the delivery of mail by SMTP, and the folder that mail is written to without a server."""

from datetime import UTC

import pytest
from django.core.mail import EmailMultiAlternatives

from tracker.mail.delivery import Courier, Outcome
from tracker.mail.folder import list_mail, read_mail


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path / "mail"
    return settings.MAIL_DIR


def mail(subject="Hello", text="Good morning.", to="somebody@example.org"):
    message = EmailMultiAlternatives(subject, text, "Tracker <tracker@example.org>", [to])
    message.attach_alternative(f"<p>{text}</p>", "text/html")
    return message


def deliver(*messages, allowed=True):
    with Courier() as courier:
        return [courier.deliver(message, lambda: allowed).outcome for message in messages]


def test_folder_stores_each_mail_in_a_file_that_only_its_owner_can_read(folder):
    outcomes = deliver(mail("First"), mail("Second"))

    files = sorted(folder.iterdir())
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_folder_lists_mails_newest_first_in_pages(folder):
    deliver(*(mail(f"Mail {number}") for number in range(5)))

    first = list_mail(2)
    second = list_mail(2, before=first[-1].name)

    assert [found.subject for found in [*first, *second]] == ["Mail 4", "Mail 3", "Mail 2", "Mail 1"]


def test_folder_returns_a_mail_as_it_was_written(folder):
    deliver(mail("Être: 中文 العربية", "Línea\nzwei\n", "ünïcode@example.org"))

    found = read_mail(list_mail(1)[0].name)

    assert found.subject == "Être: 中文 العربية"
    assert found.text.replace("\r\n", "\n") == "Línea\nzwei\n"
    assert found.sender == "Tracker <tracker@example.org>"
    assert found.written_at.tzinfo == UTC


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../secret_key",
        "/etc/passwd",
        "20260101T000000000000Z-00000000.eml",
        "x.eml",
        "a/b.eml",
        "\x00",
        "%2e%2e",
    ],
)
def test_folder_opens_only_its_own_files(folder, name):
    folder.mkdir()
    (folder.parent / "secret_key").write_text("secret")

    with pytest.raises(LookupError):
        read_mail(name)


def test_missing_folder_is_empty(folder):
    assert list_mail(10) == []


def test_mail_is_deferred_while_the_folder_cannot_be_written_to(folder):
    folder.write_text("a file where the folder should be")

    assert deliver(mail()) == [Outcome.TEMPORARY]


def test_nothing_is_delivered_if_the_guard_refuses(folder, smtp_server, settings):
    by_smtp = deliver(mail(), allowed=False)
    settings.EMAIL_BACKEND = "tracker.mail.folder.FolderBackend"
    into_folder = deliver(mail(), allowed=False)

    assert (by_smtp, into_folder) == ([Outcome.NOT_ALLOWED], [Outcome.NOT_ALLOWED])
    assert smtp_server.messages == []
    assert list_mail(1) == []


def test_one_connection_sends_several_mails(smtp_server):
    outcomes = deliver(*(mail(f"Mail {number}") for number in range(3)))

    assert outcomes == [Outcome.ACCEPTED] * 3
    assert [message["Subject"] for message in smtp_server.messages] == ["Mail 0", "Mail 1", "Mail 2"]


def test_connection_is_used_again_after_a_refusal(smtp_server):
    smtp_server.refused = {"nobody@example.org"}

    outcomes = deliver(mail(to="nobody@example.org"), mail())

    assert outcomes == [Outcome.PERMANENT, Outcome.ACCEPTED]
    assert [message["To"] for message in smtp_server.messages] == ["somebody@example.org"]


def test_lines_that_begin_with_a_full_stop_are_not_changed(smtp_server):
    text = ".\n..\n.hidden\nend ."

    deliver(mail(text=text))

    found = smtp_server.messages[0].get_body(("plain",)).get_content()
    assert found.replace("\r\n", "\n").strip("\n") == text


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"MAIL": "421 Too busy"}, Outcome.TEMPORARY),
        ({"MAIL": "550 Go away"}, Outcome.PERMANENT),
        ({"DATA": "451 Try later"}, Outcome.TEMPORARY),
        ({"DATA": "554 Looks like spam"}, Outcome.PERMANENT),
    ],
)
def test_outcome_depends_on_the_reply_of_the_server(smtp_server, answers, outcome):
    smtp_server.answers = answers

    assert deliver(mail()) == [outcome]


def test_lost_reply_is_uncertain(smtp_server):
    smtp_server.hangs_up = True

    assert deliver(mail()) == [Outcome.UNCERTAIN]
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize("address", ["a@example.org\r\nDATA", "a@example.org>\r\nRCPT TO:<b@example.org"])
def test_invalid_address_is_not_sent_to_the_server(smtp_server, address):
    message = mail()
    message.to = [address]

    assert deliver(message) == [Outcome.PERMANENT]
    assert smtp_server.messages == []


@pytest.mark.parametrize("answer", ["550 Unknown <somebody@example.org>", "451 Try later", "554 No", "421 Busy"])
def test_each_refusal_is_a_warning_without_an_address(smtp_server, caplog, answer):
    smtp_server.answers["MAIL"] = answer
    message = mail()
    message.extra_headers["Message-ID"] = "<digest-1@tracker.example.org>"

    deliver(message, message)

    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 2
    assert all(record.getMessage().startswith("Mail digest-1 was not taken (") for record in warnings)
    assert all(answer.split()[0] in record.getMessage() for record in warnings)


@pytest.mark.parametrize("allowed", [True, False])
def test_mail_that_the_server_takes_or_that_nobody_may_send_is_no_warning(smtp_server, caplog, allowed):
    deliver(mail(), allowed=allowed)

    assert [record for record in caplog.records if record.name == "tracker.mail.delivery"] == []
