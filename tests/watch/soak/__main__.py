"""A week of meetings in minutes: `.venv/bin/python -m tests.watch.soak`. No part of the suite, which has hours of it.

The whole dashboard (poller, board, chronicle, journal on disk, the app with keys pressed now and then) on the sandbox,
over HTTP, in one process and in the time of a loop that waits for nothing. It ends by itself.

    --hours N    how many hours of meetings [168]
    --rate N     Twilio's seconds in one of the dashboard's [240]: lists are read every two minutes of Twilio's time
    --rooms N    about how many rooms at a time [12]
    --seed N     another week [1]

What happened is held against what was told. A room that opens and ends between two lists nobody can see; those are
counted apart. The exit code is 1 if an end that could be seen was missed, made up, told twice, at another time or with
a wrong reason that was said to be certain, if a deadline was wrong, or more reads arrived in a second than promised.
Nobody can know of a participant who is in no answer of Twilio's, having lost the connection whenever the connected were
asked for: deadlines that are another one for that alone are counted apart, too, and must be few.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.watch.soak.shift import PROMISE, Plan, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.watch.soak.shift import Sample, Watched

_WARM_UP = 0.5
"""The part of the time after which nothing is to grow any more: what is kept for long has to be full first."""
_UNKNOWABLE = 1 / 200
"""The part of the deadlines that may be another one for somebody of whom no answer told."""


def slope(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """By how much it grows in a day, over what follows the warm-up (least squares)."""
    late = samples[int(len(samples) * _WARM_UP) :]
    x = [sample.at / 24 for sample in late]
    y = [float(of(sample)) for sample in late]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((each - mean_x) ** 2 for each in x)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread if spread else 0.0


def table(done: Watched) -> list[str]:
    """All of it, for people."""
    samples, ledger = done.samples, done.ledger
    warm, last = samples[int(len(samples) * _WARM_UP)], samples[-1]
    rows: list[tuple[str, Callable[[Sample], float], str]] = [
        ("resident memory", lambda each: each.resident_kb / 1024, "MB"),
        ("file descriptors", lambda each: each.descriptors, ""),
        ("tasks", lambda each: each.tasks, ""),
        ("threads", lambda each: each.threads, ""),
        ("objects", lambda each: each.objects, ""),
        ("objects of the dashboard's classes", lambda each: each.ours, ""),
        ("objects of the sandbox's classes", lambda each: each.sandbox, ""),
        ("objects of the soak's own record", lambda each: each.record, ""),
        ("results in the caches of functions", lambda each: each.spared, ""),
        ("clock ahead of Twilio's", lambda each: each.clock_off, "s"),
    ]
    lines = [f"{'':36}{'start':>12}{'half-time':>12}{'end':>12}{'growth a day':>14}"]
    for name, of, unit in rows:
        values = "".join(f"{of(sample):12,.2f}" for sample in (samples[0], warm, last))
        lines.append(f"{name:36}{values}{slope(samples, of):14,.2f} {unit}".rstrip())
    happened, seen, reasons = ledger.happened, ledger.seen, ledger.reasons()
    observable = ledger.observable()
    unseen, missed, made_up = len(ledger.unobservable()), len(ledger.missed()), len(ledger.made_up())
    joined, told_joined = happened["participant-connected"], seen["participant-joined"]
    told_reasons = ", ".join(f"{kind} {count}" for kind, count in reasons.most_common())
    live, really_live = done.live_at_the_end
    wrong = f"twice {ledger.twice}, at another time {len(ledger.wrong_ends())}"
    lines.append(f"rooms that ended: {happened['room-ended']}; opened and ended between two lists: {unseen}")
    lines.append(
        f"ends to be seen: {len(observable)}, told {len(ledger.told)}; missed {missed}, made up {made_up}, {wrong}"
    )
    lines.append(f"ends in the journal: {done.journal_ends}; reasons: {told_reasons}")
    lines.append(
        f"deadlines held against the truth: {ledger.deadlines}; wrong: {ledger.wrong_deadlines}; "
        f"another one for somebody of whom no answer told: {ledger.unknowable}"
    )
    lines.append(f"rooms opened: {happened['room-created']}, told {seen['room-opened']}")
    lines.append(f"participants joined: {joined}, told {told_joined}; live at the end: {live} of {really_live}")
    lines.append(f"lists {len(ledger.lists)}; reads {done.reads}, in the busiest second {done.peak} of {PROMISE}")
    lines += [*ledger.wrong, *done.told]
    return lines


def went_well(done: Watched) -> bool:
    """Whether nothing was missed and nothing was wrong."""
    ledger = done.ledger
    wrong = ledger.missed() or ledger.made_up() or ledger.twice or ledger.wrong_ends() or ledger.wrong_deadlines
    few = ledger.unknowable <= _UNKNOWABLE * ledger.deadlines
    return not wrong and few and not ledger.reasons()["wrong"] and done.peak <= PROMISE and not done.told


def main() -> int:
    """Watch, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.watch.soak", description="A week of meetings.")
    for name, kind, default in (("hours", float, 168.0), ("rate", float, 240.0), ("rooms", int, 12), ("seed", int, 1)):
        parser.add_argument(f"--{name}", type=kind, default=default)
    options = parser.parse_args()
    plan = Plan(hours=options.hours, rate=options.rate, rooms=options.rooms, seed=options.seed, samples=84)
    began, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="roomtui-soak-") as home:
        done = watch(plan, Path(home))
    took = f"{time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} s of CPU"
    sys.stdout.write("\n".join([f"{plan.hours:g} hours of {plan.rooms} rooms in {took}", *table(done)]) + "\n")
    return 0 if went_well(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
