"""The whole program as one file, where there is neither a network nor anything installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from sysconfig import get_path

import pytest

from roomtui.cli.bundling import _glibc_of
from tests.cli.program import Program, environment
from tests.whole.terminal import Terminal

# In a network namespace of its own there is nothing but a loopback, and that is down at first (netdevice(7)).
_LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))
os.execv(sys.argv[1], sys.argv[1:])
"""
_OWN_ROOMS = """
import json, os, subprocess, sys
program = sys.argv[1]
serving = subprocess.Popen([program, "sandbox", "--port", "0", "--rooms", "3", "--until-stdin-closes"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
told = json.loads(serving.stdout.readline())
known = {"ROOMTUI_API_URL": told["url"], "TWILIO_ACCOUNT_SID": told["account_sid"],
         "TWILIO_AUTH_TOKEN": told["auth_token"]}
done = subprocess.run([program, *sys.argv[2:]], env={**os.environ, **known})
serving.communicate()
sys.exit(done.returncode)
"""


@cache
def _no_network() -> tuple[str, ...]:
    """What runs a program without a network, where this system lets us do so."""
    unshare = shutil.which("unshare") or "/bin/false"
    for option in ("-n", "-rn"):
        words = (unshare, option, sys.executable, "-c", _LOOPBACK_UP)
        if subprocess.run([*words, "/bin/true"], capture_output=True, check=False).returncode == 0:
            return words
    return ()  # then it is kept away only by what it knows: no registry, no proxy, no name to ask


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, as the README's command makes it."""
    folder, around = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("around")
    made = folder / "roomtui.pex"
    (around / "json.py").write_text("raise SystemExit('what lies where the person happens to be is no library')")
    done = subprocess.run(
        [*_no_network(), f"{get_path('scripts')}/roomtui", "bundle", str(made)],
        cwd=around,
        env=environment(tmp_path_factory.mktemp("home")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{made}\n"
    assert f"for Python 3.{sys.version_info.minor} on linux" in done.stderr
    assert list(folder.iterdir()) == [made]
    return made


@pytest.fixture
def bare(tmp_path: Path, bundle: Path) -> dict[str, str]:
    """A host with a Python and nothing else, on which somebody has unpacked the file before."""
    python = Path(sys.executable).resolve().parent
    return {
        **environment(tmp_path),
        "PATH": f"{python}:/usr/bin:/bin",
        "PEX_ROOT": str(bundle.parent / "unpacked"),
        "PYTHONPATH": "/nowhere",
    }


def _run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_no_network(), *words], env=environ, capture_output=True, text=True, check=False)


def test_one_file_is_all_that_a_host_without_a_network_needs(bundle: Path, bare: dict[str, str]) -> None:
    done = _run(bare, sys.executable, "-c", _OWN_ROOMS, str(bundle), "ls", "--json")
    assert done.returncode == 0, done.stderr
    rooms = json.loads(done.stdout)
    assert len(rooms) == 3
    assert all(room["participants"]["connected"] >= 0 for room in rooms)
    assert _run(bare, str(bundle), "--version").stdout.startswith("roomtui ")


def test_the_dashboard_of_the_file_starts_a_sandbox_out_of_the_file(bundle: Path, bare: dict[str, str]) -> None:
    with Terminal("demo", environ=bare, program=[*_no_network(), str(bundle)]) as terminal:
        terminal.shows("CLOSES IN", "daily-standup", "q Quit")
        terminal.type("q")
        assert terminal.ends() == 0


def test_the_libraries_of_tests_and_linters_are_left_at_home(bundle: Path) -> None:
    libraries = {
        name.split("/")[1].partition("-")[0] for name in zipfile.ZipFile(bundle).namelist() if ".deps/" in name
    }
    assert {"textual", "twilio", "click"} <= libraries
    assert not libraries & {"pytest", "pex", "mypy", "hypothesis", "pyte"}


def test_nothing_else_is_overwritten(stranger: Program, tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    done = stranger("bundle", str(mine))
    assert (done.code, done.out) == (2, "")
    assert "is there already" in done.err
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("words", [["nowhere/roomtui.pex"], ["n" * 300], ["--venv", "."]])
def test_what_cannot_be_made_is_said_in_a_sentence(stranger: Program, tmp_path: Path, words: list[str]) -> None:
    place = [str(tmp_path / word) if not word.startswith("-") else word for word in words]
    done = stranger("bundle", *place)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert str(tmp_path) in done.err


@pytest.mark.parametrize(
    ("wheel", "oldest"),
    [
        ("click-8.5.1-py3-none-any.whl", None),
        ("yarl-1.25.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64.whl", 17),
        ("frozenlist-1.8.0-cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64.manylinux_2_28_x86_64.whl", 5),
        ("new-1-cp311-cp311-manylinux_2_34_x86_64.whl", 34),
    ],
)
def test_the_glibc_that_a_library_needs_is_read_from_its_name(wheel: str, oldest: int | None) -> None:
    assert _glibc_of(wheel) == oldest
