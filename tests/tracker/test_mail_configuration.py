"""Test that settings with which no mail can be sent are refused at the start, and that no mail is lost because of them."""

from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from tests.tracker.test_production import SECURE, run
from tracker.mail.configuration import (
    MailSettingError,
    mail_faults,
    read_mail_server,
    read_mailbox,
    refuse_faulty_mail,
    site_host,
)
from tracker.mail.delivery import Courier, Outcome
from tracker.mail.templates import send_from_templates
from tracker.production import faults

FAULTY_SENDERS = [
    "",
    "UN: Tracker <tracker@example.org>",
    "UN, Tracker <tracker@example.org>",
    "UN; Tracker <tracker@example.org>",
    "Tracker [UN] <tracker@example.org>",
    "UN @ work <tracker@example.org>",
    "Tracker <tracker@example.org>\nBcc: everybody@example.org",
    "tracker@example.org\r\n",
    "Tracker\x00 <tracker@example.org>",
    "Tracker",
    "<>",
    "Tracker <>",
    "Tracker tracker@example.org",
    "Tracker <tracker@>",
    "Tracker <@example.org>",
    "Tracker <tracker@example..org>",
    "Tracker <tracker@" + "a" * 70 + ".org>",
    "Tracker <büro@example.org>",
    "a@example.org, b@example.org",
    "A <a@example.org>, B <b@example.org>",
    "undisclosed:;",
]
SENDERS = [
    ("tracker@example.org", "tracker@example.org"),
    ("Tracker <tracker@example.org>", "tracker@example.org"),
    ('"UN: Tracker" <tracker@example.org>', "tracker@example.org"),
    ("Сеть ООН <tracker@example.org>", "tracker@example.org"),
    ("Tracker <tracker@bücher.example>", "tracker@xn--bcher-kva.example"),
    ("tracker@localhost", "tracker@localhost"),
]
FAULTY_SERVERS = [
    "mail.example.org",
    "http://mail.example.org",
    "smtp://",
    "smtp+tls://user:hush@",
    "smtp://mail.example.org:port",
    "smtp://mail.example.org:99999",
    "smtp://[mail",
    "smtp://mail example.org",
    "smtp://" + "a" * 70 + ".org",
    "smtp+tls://user:pässwörd@mail.example.org",
    "smtp+tls://mail.example.org?email_use_ssl=1",
    "smtp+tls://user:hush#2@mail.example.org:587",
    "smtp+tls://user:hush/2@mail.example.org:587",
    "smtp+tls://user:12/hush@mail.example.org:587",
    "smtp+tls://user:12?hush@mail.example.org:587",
    "smtp+tls://user:12#hush@mail.example.org:587",
    "smtp+tls://user:hush%@mail.example.org:587",
    "smtp+tls://user:hush%zz@mail.example.org:587",
    "smtp+tls://user:[hush@mail.example.org:587",
]


@pytest.mark.parametrize("value", FAULTY_SENDERS)
def test_invalid_sender_is_refused_with_advice(value):
    with pytest.raises(MailSettingError, match=r"; write one address, such as tracker@example\.org"):
        read_mailbox(value)
    assert [fault.partition(" ")[0] for fault in mail_faults("", value, value)] == (
        ["DEFAULT_FROM_EMAIL", "BOUNCE_ADDRESS"] if value else ["DEFAULT_FROM_EMAIL"]
    )


@pytest.mark.parametrize(("value", "address"), SENDERS)
def test_sender_is_accepted_and_reaches_the_server(value, address, settings, smtp_server):
    settings.DEFAULT_FROM_EMAIL = value

    with Courier() as courier:
        delivery = courier.deliver(EmailMessage("Hello", "Good morning.", to=["a@example.org"]), lambda: True)

    assert delivery.outcome == Outcome.ACCEPTED
    assert smtp_server.messages[0]["From"].addresses[0].addr_spec == address
    assert mail_faults("", value, value) == []


@pytest.mark.parametrize("value", FAULTY_SERVERS)
def test_invalid_server_is_refused_with_advice_and_without_its_password(value):
    with pytest.raises(MailSettingError, match="; put an SMTP server there") as error:
        read_mail_server(value)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        refuse_faulty_mail(value, "tracker@example.org", "")

    assert "hush" not in str(error.value)
    assert "pässwörd" not in str(error.value)


@pytest.mark.parametrize(
    "value", ["smtp://127.0.0.1:25", "smtp+tls://u%40x:p%2Fw@mail.example.org:587", "smtp://[::1]:25", "consolemail://"]
)
def test_server_is_accepted(value):
    assert mail_faults(value, "tracker@example.org", "") == []


@pytest.mark.parametrize(
    ("url", "tls", "ssl", "port"),
    [
        ("smtps://mail.example.org", False, True, 465),
        ("SMTPS://mail.example.org:4650", False, True, 4650),
        ("smtp+ssl://mail.example.org", False, True, 465),
        ("smtp+tls://mail.example.org", True, False, 587),
        ("smtp://mail.example.org", False, False, 25),
    ],
)
def test_scheme_decides_how_the_connection_is_encrypted(url, tls, ssl, port):
    found = read_mail_server(url)

    assert (found.get("EMAIL_USE_TLS", False), found.get("EMAIL_USE_SSL", False)) == (tls, ssl)
    assert (found["EMAIL_PORT"], found["EMAIL_HOST"]) == (port, "mail.example.org")


@pytest.mark.parametrize("password", ["p@ss", "50%", "a/b", "a?b", "a#b", "a:b", "[x]", "a+b", "a b"])
def test_special_characters_of_a_password_are_explained_and_can_be_escaped(password):
    found = read_mail_server(f"smtps://me%40example.org:{quote(password, safe='')}@mail.example.org:465")

    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@example.org", password)
    with pytest.raises(MailSettingError, match=r"write %25 for %, %40 for @, %2F for /, %3F for \?, %23 for #"):
        read_mail_server("smtps://user:a/b@mail.example.org")


@pytest.mark.parametrize("value", [value for value in FAULTY_SENDERS if value])
def test_invalid_contact_is_refused(value):
    faults_found = mail_faults("", "tracker@example.org", "", value)

    assert [fault.partition(" ")[0] for fault in faults_found] == ["CONTACT_EMAIL"]


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://tracker.example.org:8443/x", "tracker.example.org"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("", "localhost"),
    ],
)
def test_host_name_for_mail_servers_is_that_of_the_site(settings, base_url, host):
    settings.BASE_URL = base_url

    assert site_host() == host


@pytest.mark.parametrize("value", [value for value in FAULTY_SENDERS if value and "\x00" not in value])
@pytest.mark.parametrize("name", ["DEFAULT_FROM_EMAIL", "BOUNCE_ADDRESS"])
def test_production_refuses_invalid_addresses(name, value):
    assert [fault.partition(" ")[0] for fault in faults(SECURE | {name: value})] in ([name], [])


@pytest.mark.parametrize(
    "environment",
    [
        {"DEFAULT_FROM_EMAIL": "UN: Tracker <tracker@example.org>"},
        {"BOUNCE_ADDRESS": "bounces"},
        {"EMAIL_URL": "smtp://mail.example.org:port"},
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["embedded", "production"])
def test_no_process_starts_with_an_invalid_mail_setting(tmp_path, mode, environment):
    (name,) = environment
    others = SECURE if mode == "production" else {}

    result = run({**others, "TRACKER_MODE": mode, **environment}, tmp_path, "manage.py", "check")

    assert result.returncode != 0
    assert f"  - {name} " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ["DEFAULT_FROM_EMAIL", "BOUNCE_ADDRESS"])
@pytest.mark.parametrize("value", FAULTY_SENDERS[1:])
def test_mail_with_an_invalid_sender_is_deferred(settings, smtp_server, name, value):
    setattr(settings, name, value)

    with Courier() as courier:
        delivery = courier.deliver(EmailMessage("Hello", "Good morning.", to=["a@example.org"]), lambda: True)

    assert delivery.outcome == Outcome.NOT_BUILT
    assert name in delivery.detail
    assert smtp_server.messages == []


@pytest.mark.parametrize("header", [{"X-Note": "two\nlines"}, {"Message-ID": "<a@b>\r\nBcc: c@d.org"}])
def test_mail_with_an_invalid_header_is_deferred(smtp_server, header):
    message = EmailMessage("Hello", "Good morning.", to=["a@example.org"], headers=header)

    with Courier() as courier:
        delivery = courier.deliver(message, lambda: True)

    assert delivery.outcome == Outcome.NOT_BUILT


@pytest.mark.parametrize(("host", "user"), [("a" * 70, ""), ("127.0.0.1", "ü")])
def test_mail_is_deferred_if_the_server_name_is_invalid(settings, smtp_server, host, user):
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = host, user, user

    with Courier() as courier:
        delivery = courier.deliver(EmailMessage("Hello", "Good morning.", to=["a@example.org"]), lambda: True)

    assert delivery.outcome in {Outcome.NOT_BUILT, Outcome.TEMPORARY}


@pytest.mark.parametrize("value", FAULTY_SENDERS)
def test_mail_from_templates_with_an_invalid_sender_is_logged(settings, smtp_server, caplog, value):
    settings.DEFAULT_FROM_EMAIL = value

    sent = send_from_templates("reminders/failures", "a@example.org", "en", {"count": 1}, html=False)

    assert not sent
    assert "did not go out" in caplog.text
    assert smtp_server.messages == []
