from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.watch import journal_reading
from roomtui.watch.journal import Journal
from roomtui.watch.journal_files import old_files, rotate
from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def backwards(reader: JournalReader) -> list[bytes]:
    """Everything before the end, oldest first."""
    lines: list[bytes] = []
    while found := reader.older():
        lines[:0] = [each.raw for each in found]
    return lines


def forwards(reader: JournalReader) -> list[bytes]:
    return [each.raw for found in iter(reader.newer, []) for each in found]


@given(
    files=st.lists(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line)), min_size=1, max_size=5),
    torn=st.binary(max_size=20).filter(lambda line: b"\n" not in line),
    block=st.sampled_from([1, 2, 7, 64, 1 << 16]),
)
@settings(max_examples=60)
def test_reads_every_line_once_from_the_end_backwards_however_it_is_cut_into_blocks(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[bytes]], torn: bytes, block: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    for lines, place in zip(files, [path, *old_files(path)], strict=False):
        place.write_bytes(b"".join(line + b"\n" for line in lines))
    with path.open("ab") as file:
        file.write(torn)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journal_reading, "_BLOCK", block)
        reader = JournalReader(path)
        expected = [line for lines in reversed(files) for line in lines if line]
        assert backwards(reader) == expected
        assert reader.is_at_the_beginning
    assert forwards(reader) == []
    with path.open("ab") as file:
        file.write(b"\nlast\n")
    assert forwards(reader) == ([torn] if torn else []) + [b"last"]
    reader.close()


def test_a_line_is_found_again_at_its_place_after_any_number_of_rotations(path: Path) -> None:
    journal = Journal(path, size_max=300)
    journal.write({"number": -1, "filling": "x" * 5000})
    reader = JournalReader(path)
    places = {each.place: each.raw for each in reader.older()}
    for number in range(100):
        journal.write({"number": number})
        places |= {each.place: each.raw for each in reader.newer()}
    assert len(places) == 101
    assert list(places) == sorted(places)
    assert all(reader.at(place) == raw for place, raw in places.items())
    reader.close()


def test_files_that_are_let_go_of_are_closed_and_their_lines_are_empty(path: Path) -> None:
    journal = Journal(path, size_max=100)
    reader, places = JournalReader(path), []
    for number in range(60):
        journal.write({"number": number, "filling": "x" * 40})
        places += [each.place for each in reader.newer()]
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - what counts is how many there are
    first = reader.let_go(keep=3)
    assert len(os.listdir("/proc/self/fd")) == before - 57  # noqa: PTH208 - as above
    assert [json.loads(reader.at(place))["number"] for place in places if place >= first] == [57, 58, 59]
    assert {reader.at(place) for place in places if place < first} == {b""}
    assert reader.is_at_the_beginning
    reader.close()


def test_follows_a_journal_that_is_not_there_yet(path: Path) -> None:
    reader = JournalReader(path)
    assert (reader.older(), reader.newer(), reader.is_at_the_beginning) == ([], [], True)
    Journal(path).write({"number": 1})
    assert forwards(reader) == [b'{"number":1}']
    reader.close()


def test_half_a_line_is_waited_for_but_not_when_its_file_has_become_an_old_one(path: Path) -> None:
    journal = Journal(path)
    journal.write({"number": 1})
    reader = JournalReader(path)
    with path.open("ab") as file:
        file.write(b'{"num')
        file.flush()
        assert reader.newer() == []
        file.write(b'ber":2}\n{"half')
    assert forwards(reader) == [b'{"number":2}']
    rotate(path)
    journal.write({"number": 3})
    assert forwards(reader) == [b'{"half', b'{"number":3}']
    reader.close()


def test_several_rotations_between_two_looks_are_gone_through_in_order(path: Path) -> None:
    journal = Journal(path, size_max=60)
    reader = JournalReader(path)
    for number in range(5):
        journal.write({"number": number, "filling": "x" * 30})
    assert [json.loads(raw)["number"] for raw in forwards(reader)] == list(range(5))
    reader.close()


def test_a_journal_that_was_emptied_is_followed_from_its_start(path: Path) -> None:
    journal = Journal(path)
    for _ in range(3):
        journal.write({"number": 1})
    reader = JournalReader(path)
    os.truncate(path, 0)
    journal.write({"number": 2})
    assert forwards(reader) == [b'{"number":2}']
    reader.close()


def test_what_has_no_lines_at_all_is_read_in_bounded_pieces(path: Path) -> None:
    path.write_bytes(b"x" * (3 << 20))
    Journal(path).write({"number": 1})
    reader = JournalReader(path)
    lines = backwards(reader)
    assert lines[-1] == b'{"number":1}'
    assert max(map(len, lines)) <= 4 << 20
    assert sum(map(len, lines)) == (3 << 20) + len(lines[-1])
    reader.close()


@pytest.fixture
def fifo(path: Path) -> Iterator[Path]:
    os.mkfifo(path)
    yield path
    path.unlink()


def test_what_is_no_plain_file_is_no_journal(fifo: Path) -> None:
    reader = JournalReader(fifo)
    assert reader.newer() == []
    reader.close()


def test_another_persons_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    path.symlink_to(secret)
    reader = JournalReader(path)
    assert (reader.older(), reader.newer()) == ([], [])
    reader.close()
