from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pwd
import socket
import stat
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.watch.journal import Journal, JournalError, who

if TYPE_CHECKING:
    from pathlib import Path

WRITERS, LINES = 4, 200


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "roomtui" / "journal.jsonl")


def lines(journal: Journal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.path.read_text(encoding="ascii").splitlines()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_it(journal: Journal) -> None:
    before = os.umask(0)
    try:
        journal.write({"number": 1})
    finally:
        os.umask(before)
    assert mode(journal.path) == 0o600
    assert mode(journal.path.parent) == 0o700


def test_a_journal_that_everybody_could_read_is_closed_to_them(journal: Journal) -> None:
    journal.write({"number": 1})
    journal.path.chmod(0o644)
    journal.write({"number": 2})
    assert mode(journal.path) == 0o600


def test_lines_are_appended_in_order(journal: Journal) -> None:
    for number in range(5):
        journal.write({"number": number})
    assert lines(journal) == [{"number": number} for number in range(5)]
    assert journal.path.read_bytes().endswith(b"\n")


def _write_many(path: Path, writer: int) -> None:
    for number in range(LINES):
        # Longer than a pipe or a page takes at once, so that two writes could mix.
        Journal(path).write({"writer": writer, "number": number, "filling": "x" * 5000})


def test_several_processes_at_once_lose_nothing(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(journal.path, writer)) for writer in range(WRITERS)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(60)
    assert [each.exitcode for each in writers] == [0] * WRITERS
    written = lines(journal)
    assert len(written) == WRITERS * LINES
    for writer in range(WRITERS):
        assert [line["number"] for line in written if line["writer"] == writer] == list(range(LINES)), "in order"


def test_a_line_that_broke_off_does_not_spoil_the_next(journal: Journal) -> None:
    journal.write({"number": 1})
    with journal.path.open("ab") as torn:
        torn.write(b'{"number": 2, "room_na')
    journal.write({"number": 3})
    first, broken, last = journal.path.read_text().splitlines()
    assert json.loads(first) == {"number": 1}
    assert broken == '{"number": 2, "room_na'
    assert json.loads(last) == {"number": 3}


def test_a_symbolic_link_in_its_place_is_refused(journal: Journal, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    journal.path.parent.mkdir(parents=True)
    journal.path.symlink_to(victim)
    with pytest.raises(JournalError):
        journal.write({"number": 1})
    assert victim.read_text() == "precious"


def test_a_full_disk_is_told_in_one_sentence(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(JournalError) as told:
        journal.write({"number": 1})
    sentence = str(told.value)
    assert "No space left on device" in sentence
    assert str(journal.path) in sentence
    assert "XDG_STATE_HOME" in sentence
    assert "\n" not in sentence


def test_a_disk_that_fills_up_within_a_line_spoils_no_later_one(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write({"number": 1})
    real, room = os.write, [10]

    def nearly_full(descriptor: int, data: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data[: room.pop()])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", nearly_full)
        with pytest.raises(JournalError):
            journal.write({"number": 2})
    journal.write({"number": 3})
    first, broken, last = journal.path.read_bytes().splitlines()
    assert (json.loads(first), json.loads(last)) == ({"number": 1}, {"number": 3})
    assert broken == b'{"number":2}'[:10]


def test_a_line_that_does_not_reach_the_disk_is_not_written(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(JournalError, match="Input/output error"):
        journal.write({"number": 1})


@pytest.mark.parametrize("in_the_way", ["folder", "file-for-folder"])
def test_a_path_that_cannot_be_a_file_is_refused(journal: Journal, in_the_way: str) -> None:
    if in_the_way == "folder":
        journal.path.mkdir(parents=True)
    else:
        journal.path.parent.parent.mkdir(parents=True)
        journal.path.parent.write_text("")
    with pytest.raises(JournalError):
        journal.write({"number": 1})


def test_no_descriptor_stays_open(journal: Journal) -> None:
    journal.write({"number": 1})
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - what counts is how many there are
    for number in range(20):
        journal.write({"number": number})
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above


@pytest.mark.parametrize(
    "name",
    [
        "two\nlines",
        "carriage\rreturn",
        'quote"and\\slash',
        "esc\x1b]52;c;aGk=\x07",
        "line\u2028separator\x85next",
        "rtl \u202ekcab",
        "\ud800 lone surrogate",
        "\U0001f600 東京",
        "\x00",
    ],
)
def test_a_name_that_means_harm_stays_within_its_line(journal: Journal, name: str) -> None:
    journal.write({"room_name": name})
    journal.write({"room_name": "next"})
    raw = journal.path.read_bytes()
    assert raw.count(b"\n") == 2
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in raw)
    assert lines(journal) == [{"room_name": name}, {"room_name": "next"}]


# Who acts


def test_tells_the_login_name_and_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getlogin", lambda: "joan")
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert who() == {"who": "joan", "host": socket.gethostname()}


def test_tells_who_is_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getlogin", lambda: "root")
    monkeypatch.setenv("SUDO_USER", "joan")
    assert who()["sudo_user"] == "joan"


@pytest.fixture
def _no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal() -> str:
        raise OSError(errno.ENXIO, "no terminal")

    monkeypatch.setattr(os, "getlogin", no_terminal)
    monkeypatch.delenv("USER", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4711)


def user(uid: int) -> pwd.struct_passwd:
    if uid != 4711:
        raise KeyError(uid)
    return pwd.struct_passwd(("joan", "x", uid, uid, "", "/home/joan", "/bin/sh"))


def nobody(uid: int) -> pwd.struct_passwd:
    raise KeyError(uid)


@pytest.mark.usefixtures("_no_login")
def test_without_a_login_the_environment_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setenv("USER", "joan")
    assert who()["who"] == "joan"


@pytest.mark.usefixtures("_no_login")
@pytest.mark.parametrize("environment", [None, ""])
def test_without_a_login_and_an_environment_the_name_of_the_user_tells(
    monkeypatch: pytest.MonkeyPatch, environment: str | None
) -> None:
    if environment is not None:
        monkeypatch.setenv("USER", environment)
    monkeypatch.setattr(pwd, "getpwuid", user)
    assert who()["who"] == "joan"


@pytest.mark.usefixtures("_no_login")
def test_a_user_without_a_name_is_told_by_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert who()["who"] == "4711"
