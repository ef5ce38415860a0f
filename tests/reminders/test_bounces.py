"""Mail that was returned."""

from datetime import date
from email.message import EmailMessage
from io import BytesIO, StringIO, TextIOWrapper

import hypothesis
import pytest
from django.core.management import CommandError, call_command
from hypothesis import strategies as st

from actions.reminders import bounces
from actions.reminders.bounces import read_bounce, record_bounce
from actions.reminders.models import Digest
from tests import personas
from tests.actions.pages import text
from tests.personas import NOW

STATUS = """\
Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; focal.undp@example.org
Action: {action}
Status: 5.1.1
{diagnostic}
"""
ANSWER = "Diagnostic-Code: smtp; 550 5.1.1 No such\n user here"


def notification(message_id, action="failed", diagnostic=ANSWER, headers_only=False):
    """As mail servers write them (RFC 3464)."""
    original = f"Message-ID: {message_id}\nTo: focal.undp@example.org\nSubject: 1 action point shows no progress\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    body = original if headers_only else original + "\nDear ...\n"
    parts = [
        ("text/plain", "Your mail could not be delivered.\n"),
        ("message/delivery-status", STATUS.format(action=action, diagnostic=diagnostic)),
        (kind, body),
    ]
    text_of = "".join(f"--x\nContent-Type: {kind}\n\n{content}\n" for kind, content in parts)
    head = (
        'From: MAILER-DAEMON@example.org\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
    )
    return f"{head}{text_of}--x--\n".encode()


@pytest.fixture
def digest(focal_point):
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    return personas.digest(
        focal_point, point, state="sent", sent_at=NOW, next_attempt_at=None, address=focal_point.email
    )


@pytest.mark.parametrize("headers_only", [False, True])
def test_returned_digest_is_marked_with_the_answer_of_the_server(digest, headers_only, client, coordinator):
    record_bounce(notification(digest.message_id, headers_only=headers_only))

    digest.refresh_from_db()
    page = personas.sign_in(client, coordinator).get("/reminders/?state=bounced")
    assert (digest.state, digest.cause, digest.error) == ("bounced", "bounced", "550 5.1.1 No such user here")
    assert "The mail was returned." in text(page)
    assert digest.may_be_sent_again


def test_status_replaces_a_missing_answer_of_the_server(digest):
    record_bounce(notification(digest.message_id, diagnostic=""))

    digest.refresh_from_db()
    assert digest.error == "5.1.1"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_news_of_a_delay_is_no_bounce(digest, action):
    assert record_bounce(notification(digest.message_id, action=action)) is None
    digest.refresh_from_db()
    assert digest.state == "sent"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff",
        b"Subject: Holiday\n\nI am away.",
        notification("<somebody.elses@example.org>"),
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        b'Content-Type: multipart/report; boundary="x"\n\n--x\nContent-Type: message/rfc822\n\n',
        notification("<>"),
        notification("<@>"),
        notification("<a\x00b@example.org>"),
        notification("=?utf-8?q?<?="),
        notification("none at all"),
    ],
)
def test_other_mail_changes_nothing(digest, raw):
    assert record_bounce(raw) is None
    assert Digest.objects.get().state == "sent"


def test_holiday_reply_that_quotes_the_digest_is_no_bounce(digest):
    reply = EmailMessage()
    reply["In-Reply-To"] = digest.message_id
    reply.set_content("I am away.")

    assert read_bounce(reply.as_bytes()) is None


def test_waiting_digest_cannot_come_back(focal_point, digest):
    waiting = personas.digest(focal_point, day=date(2026, 1, 1))

    record_bounce(notification(waiting.message_id))

    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_command_reads_standard_input_and_files(digest, monkeypatch, tmp_path):
    output = StringIO()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(notification(digest.message_id))))
    call_command("record_bounce", stdout=output)
    mail = tmp_path / "mail"
    mail.write_bytes(b"Subject: Hello\n\nHello.")
    call_command("record_bounce", mail, stdout=output)

    assert output.getvalue() == (
        "The digest to focal.undp@example.org was returned.\n"
        "This mail is not about a returned digest: nothing was changed.\n"
    )


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize(
    "header",
    [
        "To: <>\n",
        "To: =?utf-8?q?=\n",
        "From: \xff\xfe@\n",
        "Date: never\n",
        'Content-Disposition: attachment; filename*0*=x; filename*1="\n',
        "Content-Type: ;;;\n",
        "List-Unsubscribe: <\n",
    ],
)
def test_faulty_headers_of_the_mail_that_came_back_do_no_harm(digest, header, headers_only):
    raw = notification(digest.message_id, headers_only=headers_only).replace(
        b"Message-ID:", header.encode("latin-1") + b"Message-ID:"
    )

    record_bounce(raw)

    digest.refresh_from_db()
    assert digest.state == "bounced"


@pytest.mark.parametrize("written", ["{}\n (folded)", "\n {}", "{} ", "<x@example.org> {}"])
def test_message_id_is_found_however_it_is_written(digest, written):
    expected = None if "x@" in written else digest

    assert record_bounce(notification(written.format(digest.message_id))) == expected


@hypothesis.given(place=st.integers(0, 800), junk=st.binary(max_size=12))
def test_no_mail_is_so_damaged_that_reading_it_fails(place, junk):
    raw = notification("<a@example.org>")

    read_bounce(raw[:place] + junk + raw[place + len(junk) :])


def test_command_goes_on_after_files_that_it_cannot_read_and_says_which(digest, tmp_path, monkeypatch):
    for name, raw in [("a", b"damaged"), ("b", notification("<>")), ("d", notification(digest.message_id))]:
        (tmp_path / name).write_bytes(raw)
    read = bounces.read_bounce
    monkeypatch.setattr(bounces, "read_bounce", lambda raw: read(raw) if raw != b"damaged" else 1 / 0)
    output = StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("record_bounce", *(tmp_path / name for name in "abcd"), stdout=output)

    assert "was returned" in output.getvalue()
    assert str(failed.value) == (
        "2 of 4 files could not be read; the others are done.\n"
        f"{tmp_path / 'a'}: ZeroDivisionError: division by zero\n"
        f"{tmp_path / 'c'}: No such file or directory"
    )
    digest.refresh_from_db()
    assert digest.state == "bounced"
