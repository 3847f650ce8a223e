from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api import pages, parse
from roomtui.twilio_api.errors import NotTwilio
from roomtui.twilio_api.pages import Memory, Reading
from tests.twilio_api.scripted import calls_page_json, page_json, room_json
from tests.twilio_api.test_parse import JSON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.rooms.model import Room

Record = dict[str, object]
SEPARATORS = [(", ", ": "), (",", ":"), (" ,\n  ", " :\t"), ("\r\n,", ":")]


class List:
    """A list of rooms that is read again and again; counts the records that had to be read."""

    def __init__(self) -> None:
        self.memory: Memory[Room] = Memory()
        self.read = 0

    def _room(self, record: Mapping[str, object]) -> Room:
        self.read += 1
        return parse.room(record)

    def begin(self) -> Reading[Room]:
        return Reading("host", "rooms", self._room, self.memory)

    def of(self, records: Sequence[Record], size: int = 3, separators: tuple[str, str] = (", ", ": ")) -> list[Room]:
        """Read these records, so many in a page."""
        reading = self.begin()
        rooms: list[Room] = []
        for first in range(0, max(1, len(records)), size):
            body = page_json("rooms", list(records[first : first + size]))
            for _ in reading.page(json.dumps(body, separators=separators), rooms):
                pass
        reading.finish()
        return rooms


def opened(text: str, key: str = "rooms") -> tuple[list[Room], str | None]:
    reading = Reading("host", key, parse.room)
    rooms: list[Room] = []
    for _ in reading.page(text, rooms):
        pass
    return rooms, reading.next_url


# -- what has not changed ---------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_the_same_object_and_not_read_again() -> None:
    records = [room_json(number) for number in range(20)]
    listed = List()
    first = listed.of(records)
    assert listed.read == 20
    for size in (3, 20, 7):
        again = listed.of(records, size)
        assert all(a is b for a, b in zip(first, again, strict=True))
    assert listed.read == 20


@given(
    number=st.integers(0, 5),
    key=st.sampled_from([*room_json(), "a_new_field"]).filter(lambda key: key != "sid"),
    value=JSON,
    gone=st.booleans(),
)
def test_any_change_of_any_field_is_seen(*, number: int, key: str, value: object, gone: bool) -> None:
    records = [room_json(each) for each in range(6)]
    listed = List()
    before = listed.of(records)
    changed = dict(records[number])
    if gone:
        changed.pop(key, None)
    else:
        changed[key] = value
    records[number] = changed
    after = listed.of(records)
    assert after == [parse.room(record) for record in records]
    written = [json.dumps(parse.to_api(room)) for room in after]
    assert written == [json.dumps(parse.to_api(parse.room(record))) for record in records]
    assert [a is b for a, b in zip(before, after, strict=True)].count(False) <= 1
    assert listed.read <= 7


@given(st.data())
def test_any_change_deep_inside_a_record_is_seen(data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(st.text(max_size=3), JSON, min_size=1, max_size=3), label="value")
    other = data.draw(JSON.filter(lambda new: repr(new) != repr(next(iter(value.values())))), label="instead")
    record = {**room_json(1), "a_new_field": {"inside": [value]}}
    listed = List()
    (before,) = listed.of([record])
    inner = {**value, next(iter(value)): other}
    (after,) = listed.of([{**record, "a_new_field": {"inside": [inner]}}])
    assert after is not before
    assert repr(after.more["a_new_field"]) == repr({"inside": [inner]})


@given(st.data())
def test_rooms_come_go_move_and_change_and_the_others_are_the_same_objects(data: st.DataObject) -> None:
    listed = List()
    held: dict[int, tuple[str, Room]] = {}
    for _ in range(data.draw(st.integers(1, 5), label="times")):
        numbers = data.draw(st.lists(st.integers(0, 12), unique=True), label="rooms")
        size = data.draw(st.integers(1, 6), label="page size")
        records = [room_json(number, duration=data.draw(st.sampled_from([None, 1]))) for number in numbers]
        read = listed.read
        rooms = listed.of(records, size)
        assert rooms == [parse.room(record) for record in records]
        same = 0
        for number, record, room in zip(numbers, records, rooms, strict=True):
            if number in held and held[number][0] == json.dumps(record):
                assert room is held[number][1]
                same += 1
        assert listed.read - read == len(records) - same
        held = {
            number: (json.dumps(record), room) for number, record, room in zip(numbers, records, rooms, strict=True)
        }


@given(st.data())
def test_records_that_stand_together_are_compared_as_one_and_none_is_lost_told_twice_or_mistaken(
    data: st.DataObject,
) -> None:
    listed = List()
    held: dict[int, tuple[str, Room]] = {}
    numbers = list(range(30))
    with mock.patch.object(pages, "_RUN", data.draw(st.sampled_from([2, 4, 5, 9]), label="run")):
        for _ in range(data.draw(st.integers(2, 5), label="times")):
            for _ in range(data.draw(st.integers(0, 4), label="changes")):
                place = data.draw(st.integers(0, len(numbers)), label="place")
                numbers[place : place + data.draw(st.integers(0, 3), label="gone")] = data.draw(
                    st.lists(st.integers(0, 40), max_size=2), label="come"
                )
            changed = data.draw(st.integers(0, 40), label="changed")
            records = [room_json(number, duration=int(number == changed)) for number in numbers]
            read, size = listed.read, data.draw(st.integers(1, 31), label="page size")
            rooms = listed.of(records, size)
            first = dict(reversed([*zip(numbers, records, strict=True)]))
            told = list(dict.fromkeys(numbers))
            assert rooms == [parse.room(first[number]) for number in told]
            same = 0
            for number, room in zip(told, rooms, strict=True):
                if number in held and held[number][0] == json.dumps(first[number]):
                    assert room is held[number][1]
                    same += 1
            assert listed.read - read >= len(told) - same
            held = {number: (json.dumps(first[number]), room) for number, room in zip(told, rooms, strict=True)}
            memory = listed.memory
            assert [room.sid for room in memory.resources] == [room.sid for room in rooms]
            assert len(memory.digests) == len(memory.lengths) == len(rooms)
            for place, run in memory.runs.items():
                assert run.sids == tuple(room.sid for room in rooms[place : place + len(run.sids)])


def test_a_list_that_is_the_same_but_for_what_is_new_on_top_is_compared_in_a_few_goes() -> None:
    listed = List()
    listed.of([room_json(number) for number in range(1000, 0, -1)], 200)
    for newest in range(1001, 1021):
        listed.of([room_json(number) for number in range(newest, 0, -1)], 200)
    assert listed.read == 1020
    assert len(listed.memory.runs) <= 30
    assert sum(len(run.sids) for run in listed.memory.runs.values()) >= 1010


def test_a_record_that_moves_over_a_page_boundary_is_told_once_and_remembered() -> None:
    listed = List()
    first = listed.of([room_json(1), room_json(2), room_json(3), room_json(3), room_json(4)])
    assert [room.unique_name.raw for room in first] == ["room-1", "room-2", "room-3", "room-4"]
    again = listed.of([room_json(number) for number in (1, 2, 3, 4)])
    assert all(a is b for a, b in zip(first, again, strict=True))


def test_a_record_of_two_states_in_one_list_is_taken_as_it_came_first() -> None:
    listed = List()
    for _ in range(2):
        rooms = listed.of([room_json(1, duration=1), room_json(2), room_json(1, duration=2)], 2)
        assert [room.duration for room in rooms] == [1, None]


def test_forgets_what_the_last_whole_list_did_not_have() -> None:
    listed = List()
    listed.of([room_json(number) for number in range(50)])
    listed.of([room_json(number) for number in range(5)])
    memory = listed.memory
    assert len(memory.digests) == len(memory.lengths) == len(memory.resources) == 5
    listed.of([room_json(7)])
    assert listed.read == 51


def test_a_list_that_breaks_off_changes_nothing_of_what_is_remembered() -> None:
    records = [room_json(number) for number in range(6)]
    listed = List()
    first = listed.of(records)
    broken = listed.begin()
    rooms: list[Room] = []
    list(broken.page(json.dumps(page_json("rooms", [room_json(9)])), rooms))
    with pytest.raises(NotTwilio):
        list(broken.page('{"rooms": [', rooms))
    assert all(a is b for a, b in zip(first, listed.of(records), strict=True))
    assert listed.read == 7


def test_two_readings_at_once_do_not_disturb_each_other() -> None:
    records = [room_json(number) for number in range(6)]
    listed = List()
    first = listed.of(records)
    text = json.dumps(page_json("rooms", records[:3])), json.dumps(page_json("rooms", records[3:]))
    slow = listed.begin()
    rooms: list[Room] = []
    list(slow.page(text[0], rooms))
    listed.of(records[4:])
    list(slow.page(text[1], rooms))
    slow.finish()
    assert all(a is b for a, b in zip(first, rooms, strict=True))
    assert all(a is b for a, b in zip(first, listed.of(records), strict=True))


def test_whoever_remembers_nothing_reads_each_time() -> None:
    rooms: list[Room] = []
    for _ in range(2):
        reading = Reading("host", "rooms", parse.room)
        list(reading.page(json.dumps(page_json("rooms", [room_json(1)])), rooms))
        reading.finish()
    first, second = rooms
    assert first == second
    assert first is not second


def test_pauses_while_much_is_new_and_not_where_nothing_is() -> None:
    text = json.dumps(page_json("rooms", [room_json(number) for number in range(1000)]))
    listed = List()
    reading = listed.begin()
    assert len(list(reading.page(text, []))) >= 9
    reading.finish()
    assert len(list(listed.begin().page(text, []))) == 0


# -- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separators", SEPARATORS)
@given(records=st.lists(st.integers(0, 9), unique=True, max_size=4), envelope=st.dictionaries(st.text(), JSON))
def test_reads_what_json_reads(separators: tuple[str, str], records: list[int], envelope: Mapping[str, object]) -> None:
    body = {**envelope, "rooms": [room_json(number) for number in records], "meta": {"next_page_url": "x"}}
    for indent in (None, 1):
        for text in (json.dumps(body, separators=separators, indent=indent), json.dumps(body, ensure_ascii=False)):
            rooms, next_url = opened(f" \n{text}\t")
            assert rooms == [parse.room(room_json(number)) for number in records]
            assert next_url == "x"


def test_reads_a_list_whose_space_is_not_everywhere_the_same() -> None:
    one, two, three, four = (json.dumps(room_json(number)) for number in range(4))
    rooms, _ = opened(f'{{"rooms" :[ {one},{two}, {three}\n,\n{four} ]}}')
    assert [room.unique_name.raw for room in rooms] == ["room-0", "room-1", "room-2", "room-3"]


@given(st.data())
def test_takes_nothing_for_json_that_is_none(data: st.DataObject) -> None:
    listed = List()
    records = [room_json(number, unique_name=f"r\u00e4um-{number}") for number in range(3)]
    listed.of(records)
    text = json.dumps(page_json("rooms", records), ensure_ascii=False)
    at = data.draw(st.integers(0, len(text)), label="at")
    cut = data.draw(st.integers(0, 2), label="cut")
    put = data.draw(st.text(max_size=2) | st.sampled_from(list('{}[],:" \\')), label="put")
    broken = text[:at] + put + text[at + cut :]
    try:
        whole: Any = json.loads(broken)
        expected = [parse.room(record) for record in whole["rooms"]]
        twice = broken.count('"rooms"') > 1
    except Exception:  # noqa: BLE001  # whatever is wrong with it
        with pytest.raises(NotTwilio):
            list(listed.begin().page(broken, []))
        return
    rooms: list[Room] = []
    try:
        list(listed.begin().page(broken, rooms))
    except NotTwilio:
        assert twice or not isinstance(whole["meta"], dict) or whole["meta"].get("next_page_url") is not None
        return
    assert rooms == list({room.sid: room for room in reversed(expected)}.values())[::-1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"rooms": [',
        '{"rooms": []',
        '{"rooms": []}}',
        '{"rooms": []} {}',
        '{"rooms": [] "meta": {}}',
        '{"rooms": [], }',
        '{"rooms": [],',
        '{"rooms" []}',
        '{7: [], "rooms": []}',
        '{"rooms": [], "meta": NaN}',
        '{"rooms": [], "rooms": []}',
        '{"rooms": [{"sid": "RM1"},]}',
        '{"rooms": [{"sid": "RM1"} {"sid": "RM2"}]}',
        '{"rooms": [{"sid": "RM1", "duration": Infinity}]}',
        '{"rooms": ' + "[" * 100_000,
        "[" * 100_000,
        "\ufeff{}",
        "{'rooms': []}",
    ],
)
def test_refuses_broken_json(text: str) -> None:
    with pytest.raises(NotTwilio, match=r"broken JSON|are no records"):
        opened(text)


@pytest.mark.parametrize("text", ["[]", "7", '"rooms"', " null ", "[{}]"])
def test_refuses_json_that_is_no_object(text: str) -> None:
    with pytest.raises(NotTwilio, match="JSON, but no object"):
        opened(text)


# -- the envelope -----------------------------------------------------------------------------------------------------


def test_opens_the_envelope_of_a_list() -> None:
    rooms, next_url = opened(json.dumps({"rooms": [{"sid": "RM1"}], "meta": {"next_page_url": "https://x/2"}}))
    assert [room.sid for room in rooms] == ["RM1"]
    assert next_url == "https://x/2"


def test_opens_the_envelope_of_a_list_of_the_older_api() -> None:
    text = json.dumps(calls_page_json([], "/2010-04-01/Calls.json?Page=1"))
    assert opened(text, "calls") == ([], "2010-04-01/Calls.json?Page=1")


@pytest.mark.parametrize("meta", [{"next_page_url": None}, {"next_page_url": ""}, {}, None, []])
def test_takes_a_list_without_a_next_page_for_the_last(meta: object) -> None:
    assert opened(json.dumps({"rooms": [], "meta": meta})) == ([], None)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"rooms": None},
        {"rooms": {}},
        {"rooms": "RM1"},
        {"rooms": [None]},
        {"rooms": [{"sid": "RM1"}, "RM2"]},
        {"participants": []},
        {"rooms": [], "meta": {"next_page_url": 7}},
    ],
)
def test_refuses_an_envelope_of_another_shape(payload: dict[str, object]) -> None:
    with pytest.raises(NotTwilio, match=r"not Twilio's"):
        opened(json.dumps(payload))
