"""`roomtui bundle`: the program and all it needs in one file, for a host that reaches no package registry.

The file is made by pex out of what is installed here: no registry is asked for it either. It runs on a host with the
same kind of machine and one of the Pythons it was made for.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

import roomtui
from roomtui.children import without_credentials
from roomtui.cli.exits import say

_FILE: Final = "roomtui.pex"
_VERSION: Final = re.compile(r"^version(?:_info)?\s*=\s*(3\.\d+)", re.MULTILINE)
_EXTRA: Final = re.compile(r"""extra == ["'](\w+)["']""")
_GLIBC: Final = re.compile(r"manylinux_2_(\d+)_")
# Older names of the same promise (PEP 600, "Legacy manylinux tags").
_GLIBC_OF_OLD: Final = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=_FILE)
@click.option(
    "--venv",
    "venvs",
    multiple=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A virtual environment that has roomtui; several of different Pythons make one file for all of them. "
    "Without it: the one this program runs in.",
)
def bundle(file: Path, venvs: tuple[Path, ...]) -> None:
    """Make one file of roomtui that runs where nothing can be installed.

    FILE (roomtui.pex) holds the program and all its libraries. Carry it to the host, `scp roomtui.pex host:roomtui`,
    and run it there: nothing else is needed but Python. It is made out of what is installed here, without a network,
    for the Python and the kind of machine it is made on.
    """
    if find_spec("pex") is None:
        raise click.ClickException(
            f"what makes the file, pex, is not installed here. Type: {shlex.quote(sys.executable)} -m pip install pex"
        )
    chosen = venvs or (Path(sys.prefix),)
    pythons = sorted({_python_of(venv) for venv in chosen}, key=lambda version: int(version.partition(".")[2]))
    _see_that_it_may_be(file)
    try:
        with tempfile.TemporaryDirectory(prefix=".roomtui-bundle-", dir=_folder_of(file)) as scratch:
            made = Path(scratch, "made")
            _make(made, chosen, Path(scratch))
            glibc = _glibc(made)
            made.replace(file)
    except OSError as error:
        why = error.strerror or "there is no room for what goes into it"
        raise click.ClickException(f"{file} cannot be made: {why}.") from None
    click.echo(file)
    needs = f", glibc 2.{glibc} or later" if glibc is not None else ""
    say(
        f"{file.stat().st_size / 1e6:.1f} MB, for Python {' and '.join(pythons)} on {sys.platform} {platform.machine()}"
        f"{needs}. The first start unpacks it into ~/.cache/pex; PEX_ROOT names another place."
    )


def _see_that_it_may_be(file: Path) -> None:
    try:
        file.stat()
    except FileNotFoundError:
        return
    except OSError as error:  # its name is too long; nobody may look into its folder
        raise click.UsageError(f"{file} cannot be written ({error.strerror}): name another FILE") from None
    if not zipfile.is_zipfile(file):
        raise click.UsageError(f"{file} is there already, and is no file of this command: name another")


def _folder_of(file: Path) -> Path:
    """Where the file is to be, which is where it is made, too: it has to be put there in one step."""
    folder = file.absolute().parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise click.UsageError(f"{folder} is no folder that can be written to: name another FILE")
    return folder


def _python_of(venv: Path) -> str:
    """The Python of a virtual environment, `3.11`."""
    try:
        found = _VERSION.search((venv / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        found = None
    if found is None:
        raise click.UsageError(
            f"{venv} is no virtual environment, and the file is made out of one. "
            "Install roomtui into one first: python3 -m venv .venv && .venv/bin/pip install ."
        )
    return found[1]


def _stage(folder: Path) -> list[str]:
    """Put our own package into a folder, as installed or as edited, and return what it requires."""
    here = distribution("roomtui")
    shutil.copytree(Path(roomtui.__file__).parent, folder / "roomtui", ignore=shutil.ignore_patterns("__pycache__"))
    about = folder / f"roomtui-{here.version}.dist-info"
    about.mkdir()
    for name in ("METADATA", "entry_points.txt"):
        (about / name).write_text(here.read_text(name) or "", encoding="utf-8")
    extras = {"keyring"} if find_spec("keyring") is not None else set()
    wanted = [_EXTRA.search(required) for required in here.requires or ()]
    return [
        required.partition(";")[0] if extra else required
        for required, extra in zip(here.requires or (), wanted, strict=True)
        if extra is None or extra[1] in extras
    ]


def _make(made: Path, venvs: tuple[Path, ...], scratch: Path) -> None:
    """Have pex write the file.

    Raises:
        ClickException: pex does not succeed; its last line says why.
    """
    required = _stage(scratch / "ours")
    command = [
        *(sys.executable, "-m", "pex", *required),
        *("--sources-directory", str(scratch / "ours"), "--entry-point", "roomtui.cli.main:main"),
        *(word for venv in venvs for word in ("--venv-repository", str(venv.absolute()))),
        # /bin/sh finds the Python, and after the first start goes straight to an unpacked environment of its own.
        *("--sh-boot", "--venv", "--no-pypi", "--disable-cache", "--output-file", str(made)),
    ]
    # What somebody has set for their own use of pex or pip makes no other file of it.
    environ = {name: value for name, value in without_credentials().items() if not name.startswith(("PEX_", "PIP_"))}
    done = subprocess.run(  # noqa: S603 - our own interpreter; the folders are arguments, not words of a shell
        command,
        env=environ,
        cwd=scratch,  # `python -m` would import what lies where the person happens to be
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0 or not made.exists():
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "it does not say why")
        raise click.ClickException(f"pex could not make the file: {last.strip()}")


def _glibc(made: Path) -> int | None:
    """The oldest glibc 2.x with which all libraries in the file work; None where none of them cares."""
    wheels = {name.split("/")[1] for name in zipfile.ZipFile(made).namelist() if name.startswith(".deps/")}
    return max((oldest for oldest in map(_glibc_of, wheels) if oldest is not None), default=None)


def _glibc_of(wheel: str) -> int | None:
    """The oldest glibc 2.x that the name of a wheel promises to work with (PEP 600)."""
    promised = [int(minor) for minor in _GLIBC.findall(wheel)]
    promised += [minor for name, minor in _GLIBC_OF_OLD.items() if name in wheel]
    return min(promised, default=None)
