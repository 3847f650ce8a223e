"""Rooms in Twilio's own words say the same as rooms that were read and written again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.model import Room
from roomtui.twilio_api import parse
from roomtui.twilio_api.as_told import AsTold, RoomAsTold
from roomtui.twilio_api.errors import NotTwilio
from tests.twilio_api.scripted import page_json, room_json
from tests.twilio_api.test_parse import JSON

ADDED = frozenset({"participants", "deadline"})


def read(*records: object, ensure_ascii: bool = True, **options: Any) -> list[RoomAsTold]:
    reading = AsTold("host", added=ADDED)
    rooms: list[RoomAsTold] = []
    for _ in reading.page(json.dumps(page_json("rooms", list(records)), ensure_ascii=ensure_ascii, **options), rooms):  # type: ignore[arg-type] # what is no record, too
        pass
    return rooms


def the_same(told: RoomAsTold) -> None:
    """What is passed on is what reading and writing would make of it."""
    room = told.room()
    assert isinstance(room, Room)
    assert room.sid == told.sid
    if told.date_created is not None:
        assert json.loads(told.text) == parse.to_api(room)
        assert room.date_created == told.date_created
        assert room.status == "in-progress"
        assert told.text.isascii()
        assert told.text.isprintable()


def test_a_room_as_twilio_documents_it_is_passed_on_as_it_came() -> None:
    record = room_json(7)
    (told,) = read(record)
    assert told.date_created is not None
    assert json.loads(told.text) == record
    the_same(told)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_however_the_line_is_spaced(separators: tuple[str, str]) -> None:
    assert all(told.date_created is not None for told in read(room_json(1), room_json(2), separators=separators))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "completed"},
        {"status": "paused"},
        {"unique_name": ""},
        {"unique_name": None},
        {"max_participants": "50"},
        {"date_created": None},
        {"date_created": "2026-11-20T06:00:00.5Z"},
        {"date_created": "2026-11-20T06:00:00+00:00"},
        {"date_created": "2026-02-30T06:00:00Z"},
        {"date_created": "1969-12-31T23:59:59Z"},
        {"date_created": "3000-01-01T00:00:00Z"},
        {"date_created": 1},
        {"date_updated": "yesterday"},
        {"end_time": "2026-11-20T06:00:00Z"},
        {"participants": {"connected": 99}},
        {"deadline": None},
    ],
)
def test_what_differs_from_it_is_read(changes: dict[str, object]) -> None:
    (told,) = read({**room_json(1), **changes})
    assert told.date_created is None
    the_same(told)


@pytest.mark.parametrize("field", sorted(parse.ROOM_FIELDS - {"sid"}))
def test_a_room_that_lacks_a_field_is_read(field: str) -> None:
    record = room_json(1)
    del record[field]
    (told,) = read(record)
    assert told.date_created is None
    the_same(told)


@pytest.mark.parametrize("name", ["Zürich", "del\x7f", "東京"])
def test_text_that_no_terminal_is_to_be_trusted_with_is_read(name: str) -> None:
    (told,) = read({**room_json(1), "unique_name": name}, ensure_ascii=False)
    assert told.date_created is None
    the_same(told)


def test_a_record_over_several_lines_is_read() -> None:
    (told,) = read(room_json(1), indent=2)
    assert told.date_created is None
    the_same(told)


def test_a_field_that_is_not_known_yet_is_passed_on() -> None:
    (told,) = read({**room_json(1), "mood": {"good": True}})
    assert told.date_created is not None
    the_same(told)


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_that_is_too_big_for_a_float_is_no_infinity_when_it_is_read(number: str) -> None:
    rooms: list[RoomAsTold] = []
    text = json.dumps(page_json("rooms", [room_json(1, max_participants=50)])).replace(": 50,", f": {number},")
    list(AsTold("host", added=ADDED).page(text, rooms))
    (told,) = rooms
    assert json.loads(json.dumps(parse.to_api(told.room())), parse_constant=pytest.fail)["max_participants"] == number


def test_a_sid_of_another_form_is_one_all_the_same() -> None:
    (told,) = read({**room_json(1), "sid": "RMnew"})
    assert (told.sid, told.date_created) == ("RMnew", None)
    the_same(told)


@pytest.mark.parametrize("record", [{}, {"sid": None}, {"sid": ""}, {"sid": "\x1b[31m"}, {"sid": ["RM"]}])
def test_a_record_without_a_sid_is_not_twilios(record: dict[str, object]) -> None:
    with pytest.raises(NotTwilio, match="without a SID"):
        read({**{key: value for key, value in room_json(1).items() if key != "sid"}, **record})


@given(changes=st.dictionaries(st.sampled_from(sorted(parse.ROOM_FIELDS - {"sid"})) | st.text(max_size=4), JSON))
def test_whatever_a_record_says_the_same_is_passed_on(changes: dict[str, object]) -> None:
    for told in read({**room_json(1), **changes}):
        the_same(told)


def test_each_sid_comes_once() -> None:
    assert [told.sid for told in read(room_json(1), room_json(2), room_json(1))] == [
        room_json(1)["sid"],
        room_json(2)["sid"],
    ]
