"""Prints the table of faults as people meet it: the real program in a real terminal, by the clock on the wall.

`python -m tests.whole.faults [NAME...]`: what each fault makes the top of the screen say, and the seconds until it is
said; what `roomtui ls` says meanwhile, and its exit code; seconds until all is well again, and whether anything crashed
or leaked. Four at a time; all of them take some minutes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.cli.program import environment
from tests.whole.faults.commands import a_ground
from tests.whole.faults.middle import Middle, pass_on
from tests.whole.faults.table import FAULTS, Fault
from tests.whole.faults.unconnected import WAYS, surroundings
from tests.whole.faults.watch import secrets_of
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AT_ONCE: Final = 4
LASTS: Final = 40.0
BACK_WITHIN: Final = 100.0
ANSWERS_WITHIN: Final = 200.0


def banner(lines: list[str]) -> str:
    """What stands between the top line and the titles of the columns."""
    titles = next((at for at, line in enumerate(lines) if "CLOSES IN" in line), 1)
    return " ".join(" ".join(lines[1:titles]).split())


def ask(program: Sequence[str], environ: Mapping[str, str]) -> tuple[str, int]:
    """What a command says that asks for the rooms, and its exit code."""
    done = subprocess.run(
        [*program, "ls"],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=ANSWERS_WITHIN,
    )
    return done.stderr.strip() or "nothing", done.returncode


def run(fault: Fault, kind: type[Middle]) -> str:
    """The lines of the table for one fault."""
    with tempfile.TemporaryDirectory() as home:
        program, more = surroundings(kind, Path(home))
        return _run(fault, kind, Path(home), program, more)


def _run(fault: Fault, kind: type[Middle], home: Path, program: Sequence[str], more: Mapping[str, str]) -> str:
    with a_ground(speed=1.0, drip=1.0, middle=kind) as ground:
        known = ground.sandbox.credentials
        account = {
            "ROOMTUI_API_URL": ground.middle.url,
            "TWILIO_ACCOUNT_SID": known.account_sid,
            "TWILIO_API_KEY": known.api_key,
            "TWILIO_API_SECRET": known.api_secret,
        }
        environ = environment(home, **account, **more)
        with Terminal(environ=environ, columns=110, lines=30, program=program) as terminal:
            terminal.shows("crowd", " live ", seconds=60)
            time.sleep(5)
            began, said, after = time.monotonic(), "", None
            ground.do(ground.middle.deafen() if fault.bend is None else ground.middle.become(fault.bend()))
            while time.monotonic() - began < LASTS and (fault.words is not None or not said):
                time.sleep(0.2)
                said = banner(terminal.lines)
                if said and after is None:
                    after = time.monotonic() - began
                if fault.words and re.search(fault.words, said):
                    break
            answer, answer_code = ask(program, environ)
            if fault.bend is None:
                ground.do(ground.middle.listen())
            ground.do(ground.middle.become(pass_on))
            over, back = time.monotonic(), None
            while back is None and time.monotonic() - over < BACK_WITHIN:
                time.sleep(0.2)
                lines = terminal.lines
                if (
                    not banner(lines)
                    and lines[0].rstrip().endswith("live")
                    and not any("? " in each for each in lines[3:9])
                ):
                    back = time.monotonic() - over
            alive = terminal.process.poll() is None
            terminal.type("q")
            code = terminal.ends(20)
            leaks = sum(secret.encode() in terminal.raw for secret in secrets_of(ground.sandbox))
            leaks += sum(secret in answer for secret in secrets_of(ground.sandbox))
            leaks += sum(
                secret in path.read_text(encoding="utf-8", errors="replace")
                for path in home.rglob("*")
                if path.is_file()
                for secret in secrets_of(ground.sandbox)
            )
    told = f"after {after:.0f} s: {said}" if after is not None else "nothing; all goes on"
    well = f"{back:.0f} s" if back is not None else f"more than {BACK_WITHIN:.0f} s"
    crash = "" if alive and code == 0 else f"  CRASHED ({code})"
    return (
        f"{fault.name:26} back {well:14} leaks {leaks}{crash}  {told}\n"
        f"{'':26} ls, exit code {answer_code}: {' / '.join(answer.splitlines())}"
    )


def main(names: list[str]) -> None:
    everything: list[tuple[Fault, type[Middle]]] = [(fault, Middle) for fault in FAULTS]
    everything += [(fault, kind) for kind, fault in WAYS.items()]
    wanted = [each for each in everything if not names or each[0].name in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for each in pool.map(lambda one: run(*one), wanted):
            print(each, flush=True)  # noqa: T201 # this is what it is for


if __name__ == "__main__":
    main(sys.argv[1:])
