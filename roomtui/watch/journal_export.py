"""Writing what was found in a journal into a file of its own, for whoever asks what happened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from roomtui.own_files import new_file, whole_or_gone
from roomtui.watch.journal_lines import parse
from roomtui.watch.journal_reading import JournalReader
from roomtui.watch.journal_words import in_words, sign

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roomtui.watch.journal_index import Wanted
    from roomtui.watch.journal_lines import JournalLine


def told(line: JournalLine, *, hide: bool) -> str:
    """The line with its time, as `roomtui log` prints it and as it is exported."""
    return f"{line.at:%Y-%m-%d %H:%M:%S} {sign(line)} {in_words(line, hide=hide)}"


def export(journal: Path, wanted: Wanted, folders: Sequence[Path], name: str, *, hide: bool) -> tuple[Path, int]:
    """Write all lines that are wanted, oldest first, into a new file that only its owner may read.

    Args:
        journal: where they are read.
        wanted: which.
        folders: where the file may lie; the first that takes it.
        name: what it is called; where there is one of that name, a number is added.
        hide: mask phone numbers.

    Returns:
        The file, and how many lines there are in it.

    Raises:
        OSError: it could not be read or written; what of it was written is taken away again.
    """
    reader = JournalReader(journal, from_the_start=True)
    lines = 0
    try:
        path, descriptor = new_file(folders, name)
        with whole_or_gone(path), os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            while found := reader.newer():
                for each in found:
                    line = parse(each.raw) if wanted.has(each.raw) else None
                    if line is not None:
                        file.write(f"{told(line, hide=hide)}\n")
                        lines += 1
    finally:
        reader.close()
    return path, lines
