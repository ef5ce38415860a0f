"""Writing the mails of digests: by the sender itself or, where many are to go out, ahead of it in a process of its own.

That process is told of digests over a pipe and answers with their letters. It touches no database, no mail server and no ledger: whatever
becomes of it, the sender writes what did not come back.
"""

import logging
import os
import socket
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self

from django.core.mail import EmailMessage

from actions.reminders.composing import mail_of, words_of
from actions.reminders.models import Digest
from actions.reminders.models.entry import Entry
from tracker.mail.delivery import Courier, Delivery, Letter, Outcome, letter_for_smtp

AHEAD = 20
"""So many letters are written before the first of them is handed over, and so many digests the process is told of before it answers."""
PATIENCE = 10
"""Seconds until a process that says nothing counts as lost: much less than a lease."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Mailing:
    """A digest to be sent, and what it is to say."""

    digest: Digest
    entries: list[Entry]
    read_at: datetime
    letter: Letter | None = None
    """None until it is written, or where there is nothing to say."""


class Writer:
    """Makes letters ready to be delivered. A context manager, with which its process ends."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._has_begun = self._is_ready = False
        self._given: deque[Mailing] = deque()
        """What the process was told of and has not answered to. It answers in order."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def written(self, mailings: Iterator[Mailing], *, many: bool = False) -> Iterator[Mailing]:
        """The mailings in their order, with their letters. Reads on ahead of the one that is being delivered, by 2 * AHEAD at most.

        Where there are `many` the process is started, once. Until it is ready, and whenever its next letter is not there yet, the sender
        writes one itself.
        """
        ahead: deque[Mailing] = deque()
        while True:
            self._collect()
            if self._is_ready:
                for mailing in islice(mailings, min(AHEAD - len(self._given), 2 * AHEAD - len(ahead))):
                    ahead.append(mailing)
                    self._give(mailing)
            if not ahead:
                ahead.extend(islice(mailings, AHEAD))
                if not ahead:
                    return
                if many and not self._has_begun:
                    self._begin(ahead[0])
                for mailing in ahead:
                    self._write(mailing)
            if not self._given or ahead[0] is not self._given[0]:
                yield self._write(ahead.popleft())
            elif len(ahead) < 2 * AHEAD and (another := next(mailings, None)):
                ahead.append(self._write(another))
            else:
                self._receive()

    def _begin(self, example: Mailing) -> None:
        """Start the process, where mail goes by SMTP and there is a processor for it. It is ready once it has written the example, for
        practice: in two seconds.
        """
        self._has_begun = True
        if not self._courier.by_smtp or len(os.sched_getaffinity(0)) < 2:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            for limit in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                ours.setsockopt(socket.SOL_SOCKET, limit, struct.pack("ll", PATIENCE, 0))
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)  # room for letters while the sender reads
            self._pipe = Connection(ours.detach())
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", f"{_PROGRAM}({theirs.fileno()})"],
                    env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C in a terminal reaches the sender alone
                )
                self._pipe.send((example.digest, example.entries))
            except OSError as error:
                self._lose(error)

    def _write(self, mailing: Mailing) -> Mailing:
        if mailing.entries and not mailing.letter:
            try:
                mailing.letter = self._courier.letter(mail_saying(mailing.digest, mailing.entries))
            except Exception as error:  # whatever is wrong with one mail, the others go out
                mailing.letter = Letter("", "", failure=Delivery(Outcome.NOT_BUILT, f"{type(error).__name__}: {error}"))
        return mailing

    def _give(self, mailing: Mailing) -> None:
        if not self._pipe or not mailing.entries:
            return
        try:
            self._pipe.send((mailing.digest, mailing.entries))
            self._given.append(mailing)
        except OSError as error:
            self._lose(error)

    def _collect(self) -> None:
        """Take the letters that are there."""
        try:
            while self._pipe and self._pipe.poll():
                self._receive()
        except OSError as error:
            self._lose(error)

    def _receive(self) -> None:
        """Take one letter; wait for it where need be."""
        if not self._pipe:
            return
        try:
            letter = self._pipe.recv()
        except (OSError, EOFError) as error:
            self._lose(error)
            return
        if self._is_ready:
            self._given.popleft().letter = letter
        self._is_ready = True

    def _lose(self, error: Exception) -> None:
        self._end()
        log.warning("The process that writes digests is lost (%r): the sender writes them itself.", error)

    def _end(self) -> None:
        """What it was told of and did not answer to is written by the sender."""
        self._given.clear()
        self._is_ready = False
        if self._pipe:
            self._pipe.close()
            self._pipe = None
        if self._process:
            self._process.kill()
            self._process.wait()


_PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    f"import django; django.setup(); from {__name__} import serve; serve"
)
"""Signals to a whole service are for the sender to obey; with it ends the process."""


def serve(descriptor: int) -> None:
    """What the process does, until the sender closes the pipe or is killed."""
    pipe = Connection(descriptor)
    told: SimpleQueue[tuple[Digest, list[Entry]] | None] = SimpleQueue()
    Thread(target=_listen, args=[pipe, told.put], daemon=True).start()
    with suppress(OSError):
        while digest := told.get():
            pipe.send(_letter(*digest))


def _listen(pipe: Connection, tell: Callable[[Any], None]) -> None:
    """In a thread of its own: else two whose pipes are full of long digests and letters would wait for each other."""
    with suppress(OSError, EOFError):
        while True:
            tell(pipe.recv())
    tell(None)


def _letter(digest: Digest, entries: list[Entry]) -> Letter | None:
    """None where it cannot be written: the sender then finds the same fault, and says so."""
    try:
        return letter_for_smtp(mail_saying(digest, entries))
    except Exception:
        return None


def mail_saying(digest: Digest, entries: list[Entry]) -> EmailMessage:
    return mail_of(digest, words_of(digest, entries, digest.recipient.language))
