"""The commands, run in this process, against a sandbox behind a man in the middle; waiting costs them no time."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from roomtui.cli.main import main
from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.transport import Transport
from roomtui.watch.turnstile import Turnstile
from tests.cli.program import Done, environment, harmless
from tests.whole.faults.middle import Middle
from tests.whole.faults.truth import Town, Truth, truth_of
from tests.whole.faults.watch import PATIENCE, secrets_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    import pytest

_T = TypeVar("_T")


@dataclass
class Ground:
    """A sandbox and the man in front of it, in a thread of their own.

    Attributes:
        waited: seconds that the program would have waited between two tries.
    """

    sandbox: Sandbox
    middle: Middle
    town: Town
    waited: float
    _loop: asyncio.AbstractEventLoop

    def do(self, deed: Coroutine[object, object, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(30)

    def truth(self) -> Truth:
        async def look() -> Truth:
            return truth_of(self.sandbox)

        return self.do(look())


@contextmanager
def a_ground(*, speed: float = 0.0, drip: float = 0.02, middle: type[Middle] = Middle) -> Iterator[Ground]:
    """Servers that answer, until the end of the block; `speed` and `drip` as of the sandbox and of `Middle`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    done = asyncio.Event()
    ready: list[Ground] = []
    up = threading.Event()

    async def serve() -> None:
        async with Sandbox(SandboxOptions(speed=speed)) as sandbox, middle(sandbox.url, drip=drip) as between:
            sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0
            ready.append(Ground(sandbox, between, Town(sandbox), 0.0, loop))
            up.set()
            await done.wait()
            await between.become(between.bend)

    serving = asyncio.run_coroutine_threadsafe(serve(), loop)
    try:
        assert up.wait(30)
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        serving.result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


class Commands:
    """Runs commands; whatever happens, they must print neither a traceback nor a secret."""

    def __init__(
        self, ground: Ground, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.ground = ground
        self._patch = monkeypatch
        self._caught = capsys
        known = ground.sandbox.credentials
        account = {
            "ROOMTUI_API_URL": ground.middle.url,
            "TWILIO_ACCOUNT_SID": known.account_sid,
            "TWILIO_API_KEY": known.api_key,
            "TWILIO_API_SECRET": known.api_secret,
        }
        for name, value in environment(home, **account).items():
            monkeypatch.setenv(name, value)

        async def sleep(seconds: float) -> None:
            ground.waited += seconds
            await asyncio.sleep(0)

        def monotonic() -> float:
            return time.monotonic() + ground.waited

        shortened: tuple[tuple[type, dict[str, object]], ...] = (
            (Transport, {"timeout": PATIENCE, "connect_timeout": PATIENCE, "sleep": sleep}),
            (Turnstile, {"sleep": sleep, "monotonic": monotonic}),
            (ServerClock, {"monotonic": monotonic}),
        )
        for kind, defaults in shortened:
            usual = kind.__init__.__kwdefaults__  # type: ignore[misc] # of this very class
            for option, short in defaults.items():
                monkeypatch.setitem(usual, option, short)

    def __call__(self, *arguments: str) -> Done:
        self._patch.setattr(sys, "argv", ["roomtui", *arguments])
        self._patch.setattr(sys, "excepthook", sys.excepthook)
        collecting = gc.get_threshold()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            gc.set_threshold(*collecting)
        out, err = self._caught.readouterr()
        harmless(out + err, secrets_of(self.ground.sandbox))
        return Done(code, out, err)
