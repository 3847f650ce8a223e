"""What the tests of all that is done at Twilio have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Broken, NotTwilio, Refused, Unreachable
from roomtui.watch.actions import Actions
from roomtui.watch.journal import Journal, JournalError
from tests.watch.scripted import ScriptedGateway
from tests.watch.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CONTEXT = {"who": "joan", "host": "jump-1", "profile": "acme-prod", "account_sid": "AC" + "1" * 32}


class Desk:
    """Actions on a scripted Twilio, and what they wrote down. Time passes where they wait."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        kind: type[ScriptedGateway] = ScriptedGateway,
        journal: Journal | None = None,
    ) -> None:
        self.time = VirtualTime()
        self.twilio = kind(self.time)
        self.journal = journal or Journal(path)
        self.waited: list[float] = []
        self._script: list[tuple[float, Callable[[], object]]] = []
        self.actions = Actions(
            self.twilio,
            self.journal,
            self.time,
            context=CONTEXT,
            read_only=read_only,
            sleep=self._sleep,
            monotonic=self.time.monotonic,
        )

    def after(self, seconds: float, happens: Callable[[], object]) -> None:
        """Let this happen once so many seconds have passed."""
        self._script.append((self.time.seconds + seconds, happens))
        self._script.sort(key=lambda each: each[0])

    def lines(self) -> list[dict[str, Any]]:
        return written(self.journal)

    async def _sleep(self, seconds: float) -> None:
        assert seconds > 0, "whoever sleeps for nothing spins"
        self.waited.append(seconds)
        self.time.seconds += seconds
        while self._script and self._script[0][0] <= self.time.seconds:
            self._script.pop(0)[1]()


def written(journal: Journal) -> list[dict[str, Any]]:
    if not journal.path.exists():
        return []
    return [json.loads(line) for line in journal.path.read_text().splitlines()]


def refused(code: int, status: int = 400) -> Refused:
    return Refused(status=status, code=code, message=Untrusted("No"), request_id="RQ9")


NO_CLEAR_ANSWERS = [
    Unreachable("api does not answer within 10 s."),
    Unreachable("the connection to api broke off."),
    NotTwilio("not JSON"),
    Broken(status=504, code=None, message=Untrusted(""), request_id="RQ9"),
]
no_clear_answer = pytest.mark.parametrize("trouble", NO_CLEAR_ANSWERS, ids=["time-out", "reset", "no JSON", "504"])


class Refusing(Journal):
    """A journal whose disk is full from the line after the first so many."""

    def __init__(self, path: Path, takes: int) -> None:
        super().__init__(path)
        self._takes = takes

    def write(self, line: Mapping[str, object]) -> None:
        if not self._takes:
            raise JournalError("The disk is full.")
        self._takes -= 1
        super().write(line)
