"""Keep a few programs running until asked to stop, and then leave none of them behind."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tracker.embedded.processes import kill_group, start_child, stop_child

LONGEST_DELAY = 30
PATIENCE = 10
CHECK_EVERY = 60
LOG_LIMIT = 10 * 1024 * 1024


@dataclass
class Program:
    """A program to keep running. Its output goes to `log`; one older log of at most 10 MB is kept."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started_at: float = field(default=0, init=False)
    failures: int = field(default=0, init=False)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = start_child(
                self.command, env=self.environment, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            )
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the log, indented."""
        lines = self.log.read_text(errors="replace").splitlines()[-count:] if self.log.exists() else []
        return "\n".join(f"    {line}" for line in lines)

    def delay(self, now: float) -> float:
        """Return the seconds to wait before the next start: 1, 2, 4 ... 30, and 1 again after it ran for a minute."""
        self.failures = self.failures + 1 if now - self.started_at < 60 else 1
        return min(2.0 ** (self.failures - 1), LONGEST_DELAY)


class Supervisor:
    """Start `programs`, restart those that end, report it to `say`, and call `check` every minute. Call `stop` in a `finally`."""

    def __init__(
        self, programs: list[Program], say: Callable[[str], None], check: Callable[[], object] = lambda: None
    ) -> None:
        self.programs = programs
        self.say = say
        self.check = check
        self._due: dict[str, float] = {}

    def start(self) -> None:
        for program in self.programs:
            program.start()

    def run(self) -> None:
        """Watch the programs until a signal raises an exception (KeyboardInterrupt)."""
        next_check = time.monotonic() + CHECK_EVERY
        while True:
            self.look_after(time.monotonic())
            if time.monotonic() >= next_check:
                self.check()
                next_check = time.monotonic() + CHECK_EVERY
            time.sleep(0.2)

    def look_after(self, now: float) -> None:
        """Report programs that ended since the last call, and restart those that are due at `now`."""
        for program in self.programs:
            if program.is_running:
                continue
            if program.name not in self._due:
                delay = program.delay(now)
                self._due[program.name] = now + delay
                self.say(
                    f"The {program.name} ended unexpectedly; it starts again in {delay:.0f} s. Its log: {program.log}"
                )
                if program.process:
                    kill_group(program.process)
            elif now >= self._due[program.name]:
                del self._due[program.name]
                program.start()

    def stop(self) -> None:
        """Ask all programs at once to finish what they are doing; kill those left after PATIENCE seconds."""
        running = [program.process for program in self.programs if program.process]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in running:
            stop_child(process, patience=max(0.1, deadline - time.monotonic()))
