"""Files of ours are for their owner alone, and nobody can slip another one under."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from roomtui.config.errors import ConfigError
from roomtui.config.file import read
from roomtui.config.twilio_cli import read as read_twilio_cli
from roomtui.own_files import (
    chmod,
    make_folder,
    new_file,
    open_new,
    open_own,
    open_plain,
    see_that_it_may_be_ours,
    whole_or_gone,
)
from roomtui.state import StateFile
from roomtui.watch.journal import Journal, JournalError
from roomtui.watch.tape.recorder import TapeError
from roomtui.watch.tape.tape import Tape
from roomtui.watch.writer_lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LINE = {"at": "2026-11-20T10:00:00+00:00", "kind": "audit", "action": "end-room"}
CREATE = os.O_RDWR | os.O_CREAT
SOMEBODY_ELSE = 65_534
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277], ids=oct)
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    with umask(request.param):
        yield


@pytest.mark.usefixtures("any_umask")
@pytest.mark.parametrize("make", [
    lambda path: Journal(path).write(LINE),
    lambda path: WriterLock(path.with_suffix("")).take(),
    lambda path: os.close(open_own(path, CREATE)),
])  # fmt: skip
def test_what_is_made_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path, make: Callable[[Path], object]) -> None:
    folder = tmp_path / "state" / "roomtui"
    make(folder / "journal.lock")
    (made,) = (each for each in folder.iterdir())
    assert mode(made) == 0o600
    assert {mode(folder), mode(folder.parent)} == {0o700}


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_what_is_remembered_is_for_its_owner_alone(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "state" / "roomtui" / "state-acme.json"
    with umask(mask):
        state = StateFile(path)
        state.remember("filter", "secret names")
        state.flush()
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert StateFile(path).recall("filter") == "secret names"


def test_a_file_that_was_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.touch(0o666)
    path.chmod(0o666)
    Journal(path).write(LINE)
    assert mode(path) == 0o600


def _link(path: Path) -> None:
    path.symlink_to(path.parent / "foreign")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "not-there-yet")


def _to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))


PLANTED = [_link, _dangling, _to_a_device, _fifo, _folder, _socket]


@pytest.mark.parametrize("plant", PLANTED)
def test_nothing_is_written_where_something_else_than_a_file_lies(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    path = tmp_path / "journal.jsonl"
    (tmp_path / "foreign").write_text("mine")
    plant(path)
    with pytest.raises(JournalError, match=r"^The journal .*journal.jsonl cannot be written \(.+\)\. Make room"):
        Journal(path).write(LINE)
    with pytest.raises(OSError, match=r".") as refused:
        open_own(path, CREATE)
    assert refused.value.strerror
    assert (tmp_path / "foreign").read_text() == "mine"
    assert not (tmp_path / "not-there-yet").exists()


@pytest.mark.parametrize("plant", PLANTED)
def test_what_would_be_refused_is_known_before_anything_is_written(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    path = tmp_path / "journal.jsonl"
    see_that_it_may_be_ours(path)
    assert not path.exists()
    plant(path)
    with pytest.raises(OSError, match=r"it is (no file|a link to another file)"):
        see_that_it_may_be_ours(path)
    tmp_path.chmod(0o777)
    with pytest.raises(OSError, match="others may write into its folder: chmod 700"):
        see_that_it_may_be_ours(path)


@pytest.mark.parametrize("plant", PLANTED)
def test_the_lock_is_no_other_file_either(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    (tmp_path / "foreign").write_text("mine")
    plant(tmp_path / "journal.jsonl.lock")
    with pytest.raises(OSError, match=r"."):
        WriterLock(tmp_path / "journal.jsonl").take()
    assert (tmp_path / "foreign").read_text() == "mine"


@pytest.mark.parametrize("plant", PLANTED)
def test_what_is_remembered_replaces_a_link_and_never_what_it_leads_to(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    path = tmp_path / "state.json"
    (tmp_path / "foreign").write_text("mine")
    plant(path)
    state = StateFile(path)
    state.remember("filter", "x")
    state.flush()
    assert (tmp_path / "foreign").read_text() == "mine"
    assert not (tmp_path / "not-there-yet").exists()
    assert plant is _folder or not path.is_symlink()


@pytest.mark.parametrize("name", ["plain", "two words", "it's mine; $(reboot) `id` *", '-\u4f1a \\ "x"'])
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_what_is_offered_to_be_typed_does_it_in_a_shell(tmp_path: Path, shell: str, name: str) -> None:
    if (found := shutil.which(shell)) is None:
        pytest.skip(f"there is no {shell}")
    file = tmp_path / name
    file.touch(0o644)
    subprocess.run([found, "-c", chmod(0o600, file)], check=True, timeout=60)
    assert mode(file) == 0o600


@pytest.mark.parametrize(("permissions", "said"), [(0o777, "chmod 700"), (0o770, "chmod 700"), (0o720, "chmod 700")])
def test_a_folder_that_others_may_write_into_is_refused(tmp_path: Path, permissions: int, said: str) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(permissions)
    with pytest.raises(JournalError, match=f"others may write into its folder: {said} {folder}"):
        Journal(folder / "journal.jsonl").write(LINE)
    assert list(folder.iterdir()) == []


def test_a_sticky_folder_will_do_but_no_file_with_two_names_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    Journal(folder / "journal.jsonl").write(LINE)
    other = tmp_path / "of-mine-elsewhere"
    other.write_text("mine")
    (folder / "other.jsonl").hardlink_to(other)
    with pytest.raises(JournalError, match="a hard link"):
        Journal(folder / "other.jsonl").write(LINE)
    assert other.read_text() == "mine"


@is_root
def test_a_folder_or_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "planted"
    folder.mkdir(0o700)
    os.chown(folder, SOMEBODY_ELSE, SOMEBODY_ELSE)
    with pytest.raises(JournalError, match="belongs to somebody else"):
        Journal(folder / "journal.jsonl").write(LINE)
    sticky = tmp_path / "tmp"
    sticky.mkdir()
    sticky.chmod(0o1777)
    planted = sticky / "journal.jsonl"
    planted.touch()
    os.chown(planted, SOMEBODY_ELSE, SOMEBODY_ELSE)
    with pytest.raises(JournalError, match="it belongs to somebody else"):
        Journal(planted).write(LINE)
    assert planted.read_bytes() == b""


@is_root
def test_what_somebody_else_would_have_us_remember_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"filter": "theirs"}')
    assert StateFile(path).recall("filter") == "theirs"
    os.chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE)
    assert StateFile(path).recall("filter") is None


FULL = """
import resource, signal, sys
from pathlib import Path
from roomtui.watch.journal import Journal, JournalError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
journal.write({"kind": "audit"})
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
try:
    journal.write({"kind": "audit", "action": "x" * 100})
except JournalError as error:
    print(error)
"""


def test_a_full_disk_is_said_and_what_was_written_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    assert "cannot be written (File too large). Make room" in done.stdout
    assert path.read_bytes().split(b"\n")[0] == b'{"kind":"audit"}'
    Journal(path).write(LINE)  # behind the half line, on one of its own
    assert path.read_bytes().endswith(b'\n{"at":"2026-11-20T10:00:00+00:00","kind":"audit","action":"end-room"}\n')


@pytest.mark.skipif(not os.path.exists("/sys/kernel"), reason="there is no file system that nobody may write to")  # noqa: PTH110
@pytest.mark.parametrize("folder", ["/proc", "/sys/kernel"])
def test_where_nothing_can_be_written_it_is_a_sentence(folder: str) -> None:
    from pathlib import Path  # noqa: PLC0415 - only here at run time

    with pytest.raises(JournalError, match="Make room or mend the permissions"):
        Journal(Path(folder) / "roomtui" / "journal.jsonl").write(LINE)


@pytest.mark.parametrize("plant", [_fifo, _to_a_device, _folder, _socket])
def test_what_is_to_be_read_and_is_no_file_is_a_sentence_and_never_waited_for(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    path = tmp_path / "config.toml"
    plant(path)
    with pytest.raises(ConfigError, match=r"^The configuration file .* cannot be read: .+\.$"):
        read(path)
    with pytest.raises(TapeError, match=r"cannot be read \(.+\)"):
        Tape.open(path)
    assert dict(read_twilio_cli(path).profiles) == {}


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(ConfigError, match="it has more than 1000000 bytes"):
        read(path)
    assert dict(read_twilio_cli(path).profiles) == {}


def test_a_file_may_be_named_by_a_link_and_come_out_of_a_pipe_of_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("refresh = 5\n")
    (tmp_path / "link.toml").symlink_to(path)
    assert read(tmp_path / "link.toml").top.values == {"refresh": 5.0}
    reading, writing = os.pipe()
    os.write(writing, b"refresh = 6\n")
    os.close(writing)
    try:
        assert read(type(path)(f"/dev/fd/{reading}")).top.values == {"refresh": 6.0}
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("permissions", "text", "said"),
    [
        (0o600, "", None),
        (0o644, "refresh = 5", None),
        (0o664, "refresh = 5", None),
        (0o666, "refresh = 5", "others may write into it"),
        (0o602, "", "others may write into it"),
        (0o664, 'api_url = "https://video.twilio.com"', "others may write into it"),
        (0o660, '[profiles.a]\ncredential_command = ["pass"]', "others may write into it"),
        (0o644, '[profiles.a]\ncredential_command = ["pass"]', None),
        (0o640, '[profiles.a]\nauth_token = "x"', "it holds secrets and others may read it"),
        (0o604, '[profiles.a]\napi_secret = "x"', "it holds secrets and others may read it"),
    ],
)
def test_a_configuration_that_others_may_read_or_change_is_refused_with_what_to_type(
    tmp_path: Path, permissions: int, text: str, said: str | None
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(permissions)
    told = [str(each) for each in read(path).complaints if each.always and "chmod" in str(each)]
    assert told == ([] if said is None else [f"{path}: {said}: chmod 600 {path}"])


def test_folders_are_made_for_their_owner_alone_and_those_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    with umask(0):
        make_folder(there / "a" / "b")
    assert [mode(each) for each in (there, there / "a", there / "a" / "b")] == [0o755, 0o700, 0o700]
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        make_folder(tmp_path / "file")


def test_a_plain_file_is_opened_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    descriptor = open_plain(path)
    assert os.read(descriptor, 2) == b"x"
    os.close(descriptor)


def test_a_new_file_is_its_owners_whatever_the_umask_and_gone_where_it_cannot_be_whole(tmp_path: Path) -> None:
    with umask(0o777):
        path, descriptor = new_file([tmp_path / "missing", tmp_path], "rooms.json")
    os.close(descriptor)
    assert (path.name, mode(path)) == ("rooms.json", 0o600)
    with pytest.raises(FileExistsError):
        open_new(path)
    with pytest.raises(OSError, match="full"), whole_or_gone(path):
        raise OSError(errno.ENOSPC, "full")
    assert list(tmp_path.iterdir()) == []
