"""What is remembered from one run to the next, whatever became of the file in between."""

from __future__ import annotations

import json
import os
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.state import Forgetful, StateFile

if TYPE_CHECKING:
    from pathlib import Path

NEVER = 3600.0
"""Seconds until a change is written by itself: not in a test."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state-acme.json"


def remembered(path: Path, **values: Any) -> StateFile:
    """A memory in which these values stand, on the disk too."""
    memory = StateFile(path, soon=NEVER)
    for key, value in values.items():
        memory.remember(key, value)
    memory.flush()
    return memory


def test_what_was_remembered_is_recalled_in_the_next_run(path: Path) -> None:
    remembered(path, filter="people:>3", sort=["closes", True], columns=[["room", 20], ["people", None]])
    again = StateFile(path)
    assert again.recall("filter") == "people:>3"
    assert again.recall("sort") == ["closes", True]
    assert again.recall("columns") == [["room", 20], ["people", None]]
    assert again.recall("theme") is None


def test_nobody_but_its_owner_may_read_it(path: Path) -> None:
    remembered(path, filter="alice")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name], "something temporary was left"


def test_it_is_written_by_itself_soon(path: Path) -> None:
    written = threading.Event()

    class Watched(StateFile):
        def flush(self) -> None:
            super().flush()
            written.set()

    Watched(path, soon=0.0).remember("filter", "x")
    assert written.wait(30)
    assert StateFile(path).recall("filter") == "x"


def test_of_two_dashboards_neither_undoes_what_the_other_remembered(path: Path) -> None:
    one, other = StateFile(path, soon=NEVER), StateFile(path, soon=NEVER)
    one.remember("filter", "one")
    other.remember("theme", "nord")
    one.flush()
    other.flush()
    assert json.loads(path.read_text()) == {"filter": "one", "theme": "nord"}


def test_what_another_version_remembered_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"from the future": [1, {"x": null}], "filter": "old"}')
    remembered(path, filter="new")
    assert json.loads(path.read_text()) == {"from the future": [1, {"x": None}], "filter": "new"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"filter": "torn',
        b"[1]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"filter": ' + b"9" * 5000 + b"}",
        b" " * 2_000_000,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_broken_file_is_ignored_and_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert not isinstance(StateFile(path).recall("filter"), str)
    remembered(path, filter="anew")
    assert StateFile(path).recall("filter") == "anew"


def test_something_else_in_its_place_does_not_hold_anybody_up(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    memory = remembered(path, filter="x")
    assert memory.recall("filter") == "x"
    path.unlink()
    path.mkdir()
    assert remembered(path, filter="y").recall("filter") == "y"


def test_a_link_is_replaced_and_not_written_through(path: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    path.parent.mkdir()
    path.symlink_to(precious)
    remembered(path, filter="x")
    assert precious.read_text() == "precious"
    assert StateFile(path).recall("filter") == "x"


def test_where_nothing_can_be_written_it_is_remembered_for_this_run(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    memory = remembered(in_the_way / "state.json", filter="x")
    assert memory.recall("filter") == "x"


def test_what_json_cannot_hold_is_not_remembered(path: Path) -> None:
    endless: list[Any] = []
    endless.append(endless)
    memory = remembered(path, object=object(), endless=endless, filter="x")
    assert memory.recall("object") is None
    assert memory.recall("endless") is None
    assert json.loads(path.read_text()) == {"filter": "x"}


def test_what_is_changed_afterwards_is_not_changed_in_the_memory(path: Path) -> None:
    columns = ["room"]
    memory = remembered(path, columns=columns)
    columns.append("people")
    assert memory.recall("columns") == ["room"]


def test_nothing_is_written_where_nothing_changed(path: Path) -> None:
    memory = remembered(path, filter="x")
    path.unlink()
    memory.remember("filter", "x")
    memory.flush()
    assert not path.exists()


_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.text(), value=_ANY_JSON)
def test_whatever_it_is_it_comes_back_as_it_was(key: str, value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("state") / "state.json"
    memory = StateFile(path, soon=NEVER)
    memory.remember(key, value)
    memory.flush()
    assert StateFile(path).recall(key) == value


def test_the_forgetful_one_remembers_for_this_run() -> None:
    memory = Forgetful()
    assert memory.recall("filter") is None
    memory.remember("filter", "x")
    assert memory.recall("filter") == "x"
