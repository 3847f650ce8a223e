"""An sshd of our own on loopback, for whoever is let in by a key that is thrown away, and what logs in there."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.cli.program import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEEDED = ("sshd", "ssh", "ssh-keygen")
_WHERE_SSHD_IS = "/usr/sbin:/usr/local/sbin:/sbin"


class Sshd(NamedTuple):
    """An sshd, and who is let in."""

    port: int
    home: Path
    pid: int

    def command(self, words: Sequence[str], *, port: int | None = None) -> list[str]:
        """What runs `words` there in a terminal; by way of another port, if one is given."""
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "Compression=no", "LogLevel=ERROR")
        told = [word for option in options for word in ("-o", option)]
        key = ["-i", str(self.home / "user"), "-p", str(port or self.port)]
        return [_program("ssh"), "-F", "none", "-tt", *key, *told, f"{getpass.getuser()}@127.0.0.1", shlex.join(words)]


def missing_programs() -> list[str]:
    """What of OpenSSH this machine does not have."""
    return [name for name in _NEEDED if _found(name) is None]


@contextmanager
def running_sshd(home: Path) -> Iterator[Sshd]:
    """An sshd for this user alone, on this machine alone; `home` is a folder that there is not yet."""
    home.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run([_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd does not start as root without
    with held_port() as port:
        yield from _running(home, port)


@contextmanager
def held_port() -> Iterator[int]:
    """A port of 127.0.0.1 that nobody else is given until the end of the block, though sshd may listen there.

    Linux lets two sockets have one port that both say they would share it and of which one listens at the most; to
    whoever asks for any free port, it is not free.
    """
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as sshd does
        holding.bind(("127.0.0.1", 0))
        yield int(holding.getsockname()[1])


def _running(home: Path, port: int) -> Iterator[Sshd]:
    lines = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {home / 'host'}",
        f"AuthorizedKeysFile {home / 'user.pub'}",
        "PidFile none",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "StrictModes no",
        "PermitRootLogin prohibit-password",
    )
    (home / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen(
        [_program("sshd"), "-D", "-f", str(home / "config"), "-E", str(home / "log")],
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        until(lambda: process.poll() is not None or listens(port), what="sshd")
        assert process.poll() is None, "sshd did not start"
        yield Sshd(port, home, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    """Whether anybody takes connections at this port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=_WHERE_SSHD_IS)


def _program(name: str) -> str:
    found = _found(name)
    assert found is not None
    return found
