"""An hour of the whole app on two terminals, in minutes: `.venv/bin/python -m tests.tui.frugal.soak`.

One terminal is sent Textual's frames, the other what the frugal driver makes of them, over a line that is held up now
and then. Keys, seconds, news, resizes, other themes and times in the shell follow each other by chance; the two screens
must show the same all along. No part of the test suite, which has a minute of this.

    --seconds N   how many seconds of the app's clock, at least [3600]
    --keys N      how many keys, at least [5000]
    --seed N      another story [0]
    --every N     how many steps between two looks at all the cells [5]

Told every hundred steps on stderr. The exit code is 1, and the last steps are told, if the screens differ, or the
driver has met a frame that it does not understand.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.tui.frugal.two_terminals import KEYS, TwoTerminals, told
from tests.tui.scene import NOW, a_day, stage

_TELL_EVERY = 100


async def soak(seconds: float, keys: int, seed: int, every: int) -> None:
    """Go on until so many seconds have gone by and so many keys were pressed."""
    chance = Random(seed)  # noqa: S311 - the same story for the same seed
    set_up = stage(a_day())
    began, steps, pressed = time.monotonic(), 0, 0
    happened: Counter[str] = Counter()
    gone = 0.0
    async with told(set_up, chance) as story:
        while gone < seconds or pressed < keys:
            await story.step("second" if gone * keys < pressed * seconds and chance.random() < 0.5 else None)
            steps += 1
            what = story.history[-1]
            pressed += what in KEYS
            happened["a key" if what in KEYS else what] += 1
            gone = (set_up.clock.now() - NOW).total_seconds()
            if steps % every == 0:
                story.check()
            if steps % _TELL_EVERY == 0:
                driver = TwoTerminals.latest
                _say(
                    f"{time.monotonic() - began:5.0f} s: {steps} steps, {gone:.0f} s of the app, {dict(happened)}, "
                    f"{driver.frames} frames, {driver.at_once} answered at once, "
                    f"{driver.bytes_stock:,} -> {driver.bytes_frugal:,} bytes"
                )
        TwoTerminals.latest.catch_up()
        story.check()


def _say(what: str) -> None:
    # While an app runs, Textual keeps for itself what is written to `sys.stderr`.
    sys.__stderr__.write(f"{what}\n")  # type: ignore[union-attr] # a command has one


def main() -> int:
    """Soak, and say whether it went well."""
    parser = argparse.ArgumentParser(description="An hour of the whole app on two terminals.")
    for name, default in (("seconds", 3600), ("keys", 5000), ("seed", 0), ("every", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # there is a key that writes a file
        try:
            asyncio.run(soak(options.seconds, options.keys, options.seed, options.every))
        except AssertionError as error:
            _say(f"The screens differ: {error}")
            return 1
        finally:
            os.chdir(here)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
