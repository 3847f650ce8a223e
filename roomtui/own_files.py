"""Files that only their owner may read and write, and nobody can slip another one under.

Where somebody else may write into a folder they can put a link, a pipe or a file of their own where ours would be: then
we would write into a file that is not ours, wait for ever, or tell them what we write. So a folder of ours is for its
owner alone, and what is opened in it is looked at before it is used.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OWNER_ONLY_FILE: Final = 0o600
OWNER_ONLY_FOLDER: Final = 0o700
_FROM_A_SHELL: Final = ("/dev/fd/", "/proc/self/fd/")
_OTHERS_MAY_WRITE: Final = 0o022
_NEVER_BY_A_LINK: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def chmod(mode: int, path: Path) -> str:
    """What gives `path` this mode, as somebody would type it: safe to show, and to paste into a shell."""
    return f"chmod {mode:o} {shlex.quote(safe(str(path)))}"


def make_folder(folder: Path) -> None:
    """Make a folder for its owner only, and so all above it that are missing; one that is there is left as it is.

    `Path.mkdir` leaves those above to the umask, which may let everybody write into them.

    Raises:
        OSError: it cannot be made.
    """
    missing = []
    above = folder
    while not above.exists() and above != above.parent:
        missing.append(above)
        above = above.parent
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir(mode=OWNER_ONLY_FOLDER)
            each.chmod(OWNER_ONLY_FOLDER)  # a umask may have taken our own rights
    if not missing and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def open_own(path: Path, flags: int) -> int:
    """A descriptor of the file at `path`, which is made for its owner only where `flags` say so; its folder is made.

    Raises:
        OSError: there can be no such file; what is there is no file, is a link, or belongs to somebody else; or
            others may write into its folder.
    """
    make_folder(path.parent)
    shared = _see_that_the_folder_is_ours(path.parent)
    try:
        descriptor = os.open(path, flags | _NEVER_BY_A_LINK, OWNER_ONLY_FILE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _refused("it is a link to another file") from None
        if error.errno == errno.ENXIO:
            raise _refused("it is no file") from None
        raise
    try:
        _see_that_the_file_is_ours(os.fstat(descriptor), shared=shared)
        os.fchmod(descriptor, OWNER_ONLY_FILE)  # the umask may have taken our own rights, or it was opened to others
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_new(path: Path) -> int:
    """A descriptor, to write, of a file that is made for its owner only where there was none.

    Raises:
        OSError: there can be no such file; `FileExistsError` where something has its name, be it a link.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NEVER_BY_A_LINK, OWNER_ONLY_FILE)
    os.fchmod(descriptor, OWNER_ONLY_FILE)  # as above
    return descriptor


def new_file(folders: Sequence[Path], name: str) -> tuple[Path, int]:
    """Make a file that was not there and that only its owner may read; it, and its descriptor, open for writing.

    Args:
        folders: where it may lie; the first that takes it.
        name: what it is called; where there is one of that name, a number is added.

    Raises:
        OSError: no folder takes it.
    """
    stem, dot, suffix = name.rpartition(".")
    refused: OSError | None = None
    for folder in folders:
        for number in range(1, 100):
            path = folder / (name if number == 1 else f"{stem}-{number}{dot}{suffix}")
            try:
                return path, open_new(path)
            except FileExistsError:
                continue
            except OSError as error:
                refused = error
                break
    raise refused or FileExistsError(f"there is no name left for {name}")


@contextmanager
def whole_or_gone(path: Path) -> Iterator[None]:
    """While a file is written: half of it looks like all of it, so it is taken away again where that fails."""
    try:
        yield
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def see_that_it_may_be_ours(path: Path) -> None:
    """See that `open_own` would not refuse what is there; nothing is opened or made. There must be such a folder.

    Raises:
        OSError: it would.
    """
    shared = _see_that_the_folder_is_ours(path.parent)
    if os.path.lexists(path):
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            raise _refused("it is a link to another file")
        _see_that_the_file_is_ours(about, shared=shared)


def _see_that_the_file_is_ours(about: os.stat_result, *, shared: bool) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise _refused("it is no file")
    if about.st_uid != os.geteuid():
        raise _refused("it belongs to somebody else")
    if shared and about.st_nlink > 1:
        raise _refused("it has another name elsewhere, a hard link")


def _see_that_the_folder_is_ours(folder: Path) -> bool:
    """Whether others may put files of their own into it, which only a sticky folder makes bearable.

    Raises:
        OSError: it is somebody else's, or others may put their files in the place of ours.
    """
    about = folder.stat()
    if about.st_uid not in {os.geteuid(), 0}:
        raise _refused(f"its folder {safe(str(folder))} belongs to somebody else")
    if not about.st_mode & _OTHERS_MAY_WRITE:
        return False
    if not about.st_mode & stat.S_ISVTX:
        raise _refused(f"others may write into its folder: {chmod(OWNER_ONLY_FOLDER, folder)}")
    return True


def open_plain(path: Path, *, largest: int | None = None) -> int:
    """A descriptor for reading a file that the person named, by a link or not; it never waits.

    Raises:
        OSError: it cannot be read, is no file, or has more bytes than `largest`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        # What a shell hands over as /dev/fd/63 is a pipe, and somebody writes into it.
        if _see_that_it_can_be_read(os.fstat(descriptor), largest, pipe=str(path).startswith(_FROM_A_SHELL)):
            os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _see_that_it_can_be_read(about: os.stat_result, largest: int | None, *, pipe: bool) -> bool:
    """Whether it has to be waited for."""
    if stat.S_ISDIR(about.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if pipe and stat.S_ISFIFO(about.st_mode):
        return True
    if not stat.S_ISREG(about.st_mode):
        raise _refused("it is no file")
    if largest is not None and about.st_size > largest:
        raise _refused(f"it has more than {largest} bytes")
    return False


def _refused(why: str) -> OSError:
    return OSError(errno.EPERM, why)
