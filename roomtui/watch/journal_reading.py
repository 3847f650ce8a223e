"""Reading a journal: from its end backwards, as far as somebody wants to go, and what is written from now on.

However long the journal is, no more of it is held than was asked for. The files are kept open: what is read once can be
read again, wherever rotation has put it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.watch.journal_files import archive, old_files, open_to_read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BLOCK: Final = 1 << 16
_LINE_MAX: Final = 1 << 20
"""Bytes of the longest line that is taken for one; ours have hundreds."""
_OFFSET_BITS: Final = 44


class Found(NamedTuple):
    """A line as it stands in the journal, without its end, and the place where `JournalReader.at` finds it again."""

    place: int
    raw: bytes


class JournalReader:
    """Reads the journal at `path`. Not to be used by two threads at once, but for `at`.

    Args:
        path: the journal, which need not be there yet.
        from_the_start: let all there is be `newer`, and nothing `older`.
    """

    def __init__(self, path: Path, *, from_the_start: bool = False) -> None:
        self._path = path
        self._files: dict[int, int] = {}
        self._inodes: set[tuple[int, int]] = set()
        self._last = 0
        # Numbered from the oldest to the newest, so that places are in the order of the lines.
        self._add(self._unopened((path, *old_files(path), archive(path))))
        self._ends = {number: os.fstat(descriptor).st_size for number, descriptor in self._files.items()}
        self._current = self._back_number = self._last
        self._read_up_to = self._back_end = self._end_of_lines()
        if from_the_start:
            self._current = self._back_number = min(self._last, 1)
            self._read_up_to = self._back_end = 0

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in self._files.values():
            os.close(descriptor)
        self._files.clear()

    @property
    def is_at_the_beginning(self) -> bool:
        """Whether there is nothing older than what `older` has given."""
        return self._back_end == 0 and self._back_number - 1 not in self._files

    def older(self) -> list[Found]:
        """Some of the lines before those that were given, in their order; none where there are no more."""
        while not self.is_at_the_beginning:
            if self._back_end == 0:
                self._back_number -= 1
                self._back_end = self._ends[self._back_number]
                continue
            start, block = _block_before(self._files[self._back_number], self._back_end)
            self._back_end = start
            if found := _lines(block, self._back_number, start):
                return found
        return []

    def newer(self) -> list[Found]:
        """Some of the lines that were written since, in their order; none where there are none yet."""
        while True:
            # Looked for first: once there is a newer file nobody adds to this one, and what is read is all of it.
            final = self._is_there_a_newer_file()
            if self._current in self._files and (found := self._read_on(final=final)):
                return found
            if not final:
                return []
            self._current += 1
            self._read_up_to = 0

    @property
    def has_half_a_line(self) -> bool:
        """Whether something stands behind the last whole line: one that is being written, or that broke off."""
        return self._current in self._files and os.fstat(self._files[self._current]).st_size > self._read_up_to

    def at(self, place: int) -> bytes:
        """The line at this place; empty where its file has been let go of."""
        number, offset = place >> _OFFSET_BITS, place & ((1 << _OFFSET_BITS) - 1)
        descriptor, size = self._files.get(number), 1 << 10
        if descriptor is None:
            return b""
        while True:
            block = os.pread(descriptor, size, offset)
            end = block.find(b"\n")
            if end >= 0 or len(block) < size or size >= _LINE_MAX:
                return block[:end] if end >= 0 else block
            size *= 8

    def let_go(self, *, keep: int) -> int:
        """Close all but the newest `keep` files; the first place that can be read from now on."""
        while len(self._files) > keep:
            number = min(self._files)
            descriptor = self._files.pop(number)
            self._inodes.discard(_inode(descriptor))
            os.close(descriptor)
            if self._back_number <= number:
                self._back_number, self._back_end = number + 1, 0
        return min(self._files, default=0) << _OFFSET_BITS

    def _read_on(self, *, final: bool) -> list[Found]:
        descriptor = self._files[self._current]
        if os.fstat(descriptor).st_size < self._read_up_to:
            self._read_up_to = 0  # somebody has emptied it
        start = self._read_up_to
        block = os.pread(descriptor, _LINE_MAX, start)
        whole = block.rfind(b"\n") + 1
        if not whole and (final or len(block) == _LINE_MAX):
            whole = len(block)  # it broke off there, or is no line of ours
        self._read_up_to += whole
        return _lines(block[:whole], self._current, start) or (self._read_on(final=final) if whole else [])

    def _is_there_a_newer_file(self) -> bool:
        if self._current < self._last:
            return True
        self._add(self._unopened((self._path, *old_files(self._path))))
        return self._current < self._last

    def _unopened(self, paths: Iterable[Path]) -> list[int]:
        """Descriptors of those that are not open yet, from `paths` on up to the first that is; the newest first.

        Files only ever move to later names: whoever opens them in this order may meet one twice, but misses none.
        """
        chain: list[int] = []
        for path in paths:
            descriptor = open_to_read(path)
            if descriptor is None:
                continue  # not there, or about to take this name
            inode = _inode(descriptor)
            if inode not in self._inodes:
                self._inodes.add(inode)
                chain.append(descriptor)
                continue
            os.close(descriptor)
            if not chain:
                break  # the newest is known, and with it all others
        return chain

    def _add(self, newest_first: list[int]) -> None:
        for descriptor in reversed(newest_first):
            self._last += 1
            self._files[self._last] = descriptor

    def _end_of_lines(self) -> int:
        """Where in the newest file the last whole line ends; behind it somebody may be writing."""
        if not self._last:
            return 0
        descriptor, end = self._files[self._last], self._ends[self._last]
        while end:
            start = max(0, end - _BLOCK)
            found = os.pread(descriptor, end - start, start).rfind(b"\n") + 1
            if found:
                return start + found
            end = start
        return 0


def _inode(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _block_before(descriptor: int, end: int) -> tuple[int, bytes]:
    """Whole lines before `end`, which is the end of one: where they start, and they."""
    size = _BLOCK
    while True:
        start = max(0, end - size)
        block = os.pread(descriptor, end - start, start)
        cut = block.find(b"\n") + 1 if start else 0
        if not start or 0 < cut < len(block):
            return start + cut, block[cut:]
        if size >= _LINE_MAX:
            return start, block  # no line of ours
        size *= 4


def _lines(block: bytes, number: int, start: int) -> list[Found]:
    found, offset = [], start
    for raw in block.split(b"\n"):
        if raw:
            found.append(Found(number << _OFFSET_BITS | offset, raw))
        offset += len(raw) + 1
    return found
