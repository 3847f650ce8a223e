"""A tape that was recorded: its lines by number and by time."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from array import array
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from typing import IO, TYPE_CHECKING, Any, Final

from roomtui.own_files import open_plain
from roomtui.watch.tape.decoding import BEFORE_ALL, Told, Unreadable, read
from roomtui.watch.tape.recorder import COMPRESSED, FORMAT, TapeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_CHUNK: Final = 1 << 20
_GZIP: Final = 31
"""What zlib calls the format of gzip."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_A_DAY: Final = 86_400.0
_USUAL: Final = 2.0
_LATEST: Final = 32_503_680_000.0
"""The year 3000: a time beyond it is none."""


class Tape:
    """A recorded shift. Only where its lines lie is kept in memory, not what they tell.

    Attributes:
        account: what the account was called on screen.
        refresh: seconds of Twilio's between two looks at the rooms list.
        unreadable: how many lines could not be read, the last one of a recording that was cut off among them.
    """

    def __init__(
        self, file: IO[bytes], head: Mapping[str, Any], times: array[float], offsets: array[int], keys: array[int]
    ) -> None:
        self._file = file
        account, refresh = head.get("account"), head.get("refresh")
        self.account = account if isinstance(account, str) else "?"
        self.refresh = float(refresh) if isinstance(refresh, (int, float)) and 0 < refresh < _A_DAY else _USUAL
        self.unreadable = 0
        self._times = times
        self._offsets = offsets
        self._keys = keys

    @classmethod
    def open(cls, path: Path) -> Tape:
        """Read where the lines are.

        Raises:
            TapeError: the file cannot be read, or is no recording.
        """
        try:
            file: IO[bytes] = os.fdopen(open_plain(path), "rb")
            if path.suffix == COMPRESSED:
                with file:
                    file = _unpacked(file)
        except OSError as error:
            raise TapeError(f"{path} cannot be read ({error.strerror}).") from None
        try:
            return cls._indexed(path, file)
        except BaseException:
            file.close()
            raise

    @classmethod
    def _indexed(cls, path: Path, file: IO[bytes]) -> Tape:
        head = _parsed(file.readline(_CHUNK))  # what is no recording may be one line without an end
        if head is None or "roomtui" not in head:
            raise TapeError(f"{path} is no recording of roomtui: `roomtui watch --record FILE` makes one.")
        if head["roomtui"] != FORMAT:
            raise TapeError(f"{path} was recorded by another version of roomtui; this one reads version {FORMAT}.")
        times, offsets, keys = array("d"), array("q"), array("q")
        unreadable, offset = 0, file.tell()
        for line in file:
            at = _time_of(line)
            if at is None or not line.endswith(b"\n"):
                unreadable += 1  # cut off, or damaged: the next whole picture puts it right
            else:
                if _is_whole(line):
                    keys.append(len(times))
                times.append(max(at, times[-1]) if times else at)  # a clock that was put right went back
                offsets.append(offset)
            offset += len(line)
        if not keys:
            raise TapeError(f"{path} holds no picture: the recording was cut off before the first one.")
        tape = cls(file, head, times, offsets, keys)
        tape.unreadable = unreadable
        return tape

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._times)

    @property
    def start(self) -> datetime:
        """When the first line was written (Twilio's time)."""
        return self.time(0)

    @property
    def end(self) -> datetime:
        """When the last line was written (Twilio's time)."""
        return self.time(len(self) - 1)

    def time(self, number: int) -> datetime:
        """When line `number` was written (Twilio's time)."""
        return _EPOCH + timedelta(seconds=self._times[number])

    def number_at(self, moment: datetime) -> int:
        """The last line that was written by `moment`; the first one, if none was."""
        return max(0, bisect_right(self._times, (moment - _EPOCH) / timedelta(seconds=1)) - 1)

    def read_on(self, before: Told, numbers: range) -> Told:
        """What the lines `numbers` tell to whoever knows `before`, all of them in one.

        What cannot be read is passed over, up to the next whole picture: half a picture would be a wrong one.
        """
        told, lost = Told(before.picture, before.link), False
        for number in numbers:
            line = self._line(number)
            if lost and not line.get("key"):
                continue
            now = _read(told, line)
            lost = now is None
            if now is None:
                self.unreadable += 1
            else:
                told = told.and_then(now)
        return told

    def told_by(self, number: int) -> Told:
        """All that is known after line `number`, whatever was read before."""
        first = self._keys[max(0, bisect_right(self._keys, number) - 1)]
        return self.read_on(BEFORE_ALL, range(first, number + 1))

    def _line(self, number: int) -> Mapping[str, Any]:
        self._file.seek(self._offsets[number])
        return _parsed(self._file.readline()) or {}


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """All of a compressed file that can be read: a recording that was cut off has no end."""
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - it is handed on open
    try:
        for chunk in _unpack(file):
            unpacked.write(chunk)
        unpacked.seek(0)
    except BaseException:
        unpacked.close()
        raise
    return unpacked


def _unpack(file: IO[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=_GZIP)
    try:
        while chunk := file.read(_CHUNK):
            yield inflate.decompress(chunk)
    except zlib.error:
        return


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(before: Told, line: Mapping[str, Any]) -> Told | None:
    try:
        return read(before, line)
    except Unreadable:
        return None


def _time_of(line: bytes) -> float | None:
    # Our own lines begin with the time: most of a tape is never parsed.
    text = line[5:40].partition(b",")[0] if line.startswith(b'{"t":') else b""
    try:
        at = float(text)
    except ValueError:
        return None
    return at if 0 <= at < _LATEST else None


def _is_whole(line: bytes) -> bool:
    return line[5:48].partition(b",")[2].startswith(b'"key":1,')
