"""`python -m tests.whole.strangers --names 100000`: so many names of strangers through the real dashboard."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.whole.strangers.fuzz import Figures, fuzz


def main() -> int:
    """Run it, and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--names", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rooms", type=int, default=2000)
    asked.add_argument("--lines", type=int, default=500)
    asked.add_argument("--plain-output", action="store_true")
    given = asked.parse_args()
    began = time.monotonic()

    def told(figures: Figures) -> None:
        line = f"\r{figures.drawn} names, {figures.checked} bytes, {len(figures.violations)} violations "
        sys.stderr.write(line)

    with tempfile.TemporaryDirectory() as folder:
        options = ("--plain-output",) if given.plain_output else ()
        figures = fuzz(
            Path(folder),
            given.names,
            seed=given.seed,
            rooms=given.rooms,
            lines=given.lines,
            options=options,
            told=told,
        )
    print(f"\nnames drawn      {figures.drawn}")  # noqa: T201 - a program for the terminal
    print(f"bytes checked    {figures.checked}")  # noqa: T201 - as above
    print(f"violations       {len(figures.violations)}")  # noqa: T201 - as above
    print(f"seconds          {time.monotonic() - began:.0f}")  # noqa: T201 - as above
    for each in figures.violations[:20]:
        print(f"  {each}")  # noqa: T201 - as above
    return bool(figures.violations) or figures.drawn < given.names


if __name__ == "__main__":
    sys.exit(main())
