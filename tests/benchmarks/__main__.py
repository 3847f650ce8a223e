"""The benchmarks: `.venv/bin/python -m tests.benchmarks [--quick] [--json FILE] [--markdown] [NAME...]`.

One table on stdout; what is being done is told on stderr. Nothing here is part of the test suite, nothing asserts a
time: a busy machine measures something else. Each figure stands beside the one it has to be compared with, measured in
the same run, by turns or side by side; the ratio says more than the number.

    --quick              rough figures in about three minutes (all of it: about twelve)
    --json FILE          everything for a program to read, too
    --markdown           the table as the README has it
    --budget-seconds N   how long the read budget is watched [60; quick: 20]; 300 for the record

Names: `start`, `scale`, `polling`, `bytes`, `budget`, `ls`, `sandbox`; without one, all. Only by name: `line`, with
twenty minutes and an sshd. What each measures stands in its module in `tests/benchmarks/subjects`; what they
are held against, in `tests/benchmarks/bare`. It needs Linux (`/proc`) and the test extra, talks to this machine only,
and ends every process that it has started. The exit code is 1 if a benchmark could not be carried out; a limit that is
missed is told in the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import markdown_table, plain_table
from tests.benchmarks.processes import load_average
from tests.benchmarks.run import Run
from tests.benchmarks.subjects import budget, line, listing, polling, sandbox, scale, screen_bytes, start

if TYPE_CHECKING:
    from tests.benchmarks.figures import Figure

_SUBJECTS = {
    "start": start.measure,
    "scale": scale.measure,
    "polling": polling.measure,
    "bytes": screen_bytes.measure,
    "budget": budget.measure,
    "ls": listing.measure,
    "sandbox": sandbox.measure,
}
_ONLY_IF_NAMED = {"line": line.measure}
# A thread that notes when something came must not wait five milliseconds for the one that looks at it.
_SWITCH_EVERY = 0.0005


def main() -> int:
    """Measure what was asked for, and show it."""
    options = _options()
    sys.setswitchinterval(_SWITCH_EVERY)
    figures: list[Figure] = []
    failed = False
    load = load_average()
    with tempfile.TemporaryDirectory(prefix="roomtui-benchmarks-") as folder:
        run = Run(Path(folder), options.quick, options.budget_seconds or (20.0 if options.quick else 60.0))
        try:
            for name in options.names or _SUBJECTS:
                failed = not _measured(name, run, figures) or failed
        finally:
            run.close()
    sys.stdout.write((markdown_table if options.markdown else plain_table)(figures) + "\n")
    if options.json is not None:
        told = {"machine": _machine(load), "quick": options.quick, "figures": [each.as_json() for each in figures]}
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _measured(name: str, run: Run, figures: list[Figure]) -> bool:
    """Add the figures of one benchmark; whether it could be carried out."""
    try:
        figures += {**_SUBJECTS, **_ONLY_IF_NAMED}[name](run)
    except Exception:  # noqa: BLE001 - whatever broke one benchmark, the others are still worth having
        traceback.print_exc()
        return False
    return True


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure roomtui.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(_SUBJECTS)} [all], or line")
    parser.add_argument("--quick", action="store_true", help="rough figures in a quarter of the time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there, too")
    parser.add_argument("--markdown", action="store_true", help="the table as the README has it")
    parser.add_argument("--budget-seconds", type=float, metavar="N", help="how long the read budget is watched")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in {*_SUBJECTS, *_ONLY_IF_NAMED}]:
        parser.error(f"no benchmark {', '.join(unknown)}: there are {', '.join((*_SUBJECTS, *_ONLY_IF_NAMED))}")
    return options


def _machine(load: float) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load_before": load,
        **{name: version(name) for name in ("textual", "aiohttp", "twilio")},
    }


if __name__ == "__main__":
    sys.exit(main())
