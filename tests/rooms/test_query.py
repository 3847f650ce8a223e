"""What is typed to find rooms: never an error, and what it says of a room holds for as long as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.deadlines import participant_deadline
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.judging import Found, text_of
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.query import LONGEST, Query, Verdict, complete, completed, parse
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.terms import TERMS
from tests.rooms.builders import CREATED, after, participant, room, roster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roomtui.rooms.judging import Entry

YES, NO, WAITING = Verdict.YES, Verdict.NO, Verdict.WAITING
NOW = after(minutes=10)
PHONE = "+16505550123-634a594e"

BUSY = LiveRoom.known(
    room("Daily STANDUP [x]", sid="RM" + "1a" * 16, kind="group-small", seats=3),
    roster(
        participant("Ünal", joined=after(minutes=1)),
        participant(PHONE, joined=after(minutes=2)),
        participant("eve", joined=after(minutes=3)),
        participant("Kim", left=after(minutes=4)),
        as_of=NOW,
    ),
)
# Left empty four minutes ago; closes in one.
LEFT = LiveRoom.known(
    replace(room("Board & Co", sid="RM" + "2b" * 16), media_region="ie1"),
    roster(participant("bob", left=after(minutes=6)), as_of=NOW),
)
UNUSED = LiveRoom.known(room("fresh", sid="RM" + "3c" * 16, unused=15), roster(as_of=NOW))
UNREAD = LiveRoom.known(room("unread", sid="RM" + "4d" * 16), None)
OVER = EndedRoom(
    replace(room("retro", sid="RM" + "5e" * 16, status="completed", ended=after(minutes=9)), duration=540),
    roster(participant("theo", left=after(minutes=8))),
    Ending(EndingReason.EMPTY_ROOM),
    NOW,
)
LOST = EndedRoom(
    room("lost", sid="RM" + "6f" * 16, status="failed", kind=None), None, Ending(EndingReason.FAILED), after(minutes=9)
)
ENTRIES: dict[str, Entry] = {
    "busy": BUSY,
    "left": LEFT,
    "unused": UNUSED,
    "unread": UNREAD,
    "over": OVER,
    "lost": LOST,
}


def asked(text: str, *, hide: bool = False, now: datetime = NOW) -> tuple[set[str], set[str]]:
    """Which rooms are what is asked for, and which wait for what is not known."""
    query = parse(text)
    verdicts = {name: query.judge(entry, now, hide=hide) for name, entry in ENTRIES.items()}
    return (
        {name for name, verdict in verdicts.items() if verdict is YES},
        {name for name, verdict in verdicts.items() if verdict is WAITING},
    )


UNKNOWN = {"unread"}
EVERY = set(ENTRIES)


@pytest.mark.parametrize(
    ("text", "yes", "waiting"),
    [
        ("", EVERY, set()),
        ("   ", EVERY, set()),
        ("!", EVERY, set()),
        ("standup", {"busy"}, UNKNOWN),
        ("DAILY stand", {"busy"}, UNKNOWN),
        ("[x]", {"busy"}, UNKNOWN),
        ('"daily standup"', {"busy"}, UNKNOWN),
        ('"standup daily"', set(), UNKNOWN),
        ('"board & co', {"left"}, UNKNOWN),
        ("ünal", {"busy"}, UNKNOWN),
        ("kim", {"busy"}, UNKNOWN),
        ("5e5e5e", {"over"}, UNKNOWN),
        ("unread", {"unread"}, set()),
        ("!standup", EVERY - {"busy", "unread"}, UNKNOWN),
        ("!!standup", {"busy"}, UNKNOWN),
        ("who:kim", set(), UNKNOWN),
        ("who:eve", {"busy"}, UNKNOWN),
        ("who:theo", {"over"}, UNKNOWN),
        ("name:co", {"left"}, set()),
        ('name:"board & co"', {"left"}, set()),
        ("name:bob", set(), set()),
        ("sid:rm2b", {"left"}, set()),
        ("region:IE", {"left"}, EVERY - {"left"}),
        ("type:group", EVERY - {"busy", "lost"}, {"lost"}),
        ("type:small", {"busy"}, {"lost"}),
        ("type:go,group-small", {"busy"}, {"lost"}),
        ("type:gro", EVERY - {"lost"}, {"lost"}),
        ("state:ended", {"over", "lost"}, set()),
        ("state:fail", {"lost"}, set()),
        ("status:in-progress", EVERY - {"over", "lost"}, set()),
        ("people:3", {"busy"}, UNKNOWN),
        ("people:>2", {"busy"}, UNKNOWN),
        ("people:>=3", {"busy"}, UNKNOWN),
        ("people:<3", {"left", "unused"}, UNKNOWN),
        ("people:<=0", {"left", "unused"}, UNKNOWN),
        ("people:yes", {"busy"}, UNKNOWN),
        ("!people:yes", {"left", "unused"}, UNKNOWN),
        ("phone:yes", {"busy"}, UNKNOWN),
        ("phones:no", {"left", "unused"}, UNKNOWN),
        ("phones:>=2", set(), UNKNOWN),
        ("max:<10", {"busy"}, set()),
        ("full:yes", {"busy"}, UNKNOWN),
        ("full:no", {"left", "unused"}, UNKNOWN),
        ("closes:<2m", {"left"}, UNKNOWN),
        ("closes:2m", {"left"}, UNKNOWN),
        ("closes:<2", {"left"}, UNKNOWN),
        ("closes:>2m", {"busy", "unused"}, UNKNOWN),
        ("closes:<25h", {"busy", "left", "unused", "unread"}, set()),
        ("!closes:<2m", {"busy", "unused"}, UNKNOWN),
        ("empty:yes", {"left", "unused"}, UNKNOWN),
        ("empty:no", {"busy"}, UNKNOWN),
        ("empty:>3m", {"left", "unused"}, UNKNOWN),
        ("empty:5m", {"unused"}, UNKNOWN),
        ("empty:<5m", {"left"}, UNKNOWN),
        ("age:>9m30s", EVERY - {"over", "lost"}, {"lost"}),
        ("age:<10m", {"over"}, {"lost"}),
        ("limit:<3h52", {"busy"}, UNKNOWN),
        ("limit:<3h50", set(), UNKNOWN),
        ("people:>2 who:eve", {"busy"}, UNKNOWN),
        ("people:>2 who:bob", set(), UNKNOWN),
        ("people:>2 type:group", set(), UNKNOWN),
        ("people:>2 name:fresh", set(), set()),
        ("nokey:here", set(), UNKNOWN),
        ('"people:>3"', set(), UNKNOWN),
    ],
)
def test_a_query_finds_these_rooms_and_waits_for_those(text: str, yes: set[str], waiting: set[str]) -> None:
    assert asked(text) == (yes, waiting)
    assert parse(text).complaints == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("people:", "people: wants a number, as people:>3"),
        ("people:>x", "people: wants a number, as people:>3"),
        ("people:9999999999", "people: wants a number, as people:>3"),
        ("closes:soon", "closes: wants a time, as closes:<5m"),
        ("CLOSES:<", "closes: wants a time, as closes:<5m"),
        ("full:maybe", "full: wants yes or no, as full:yes"),
        ("rec:perhaps", "rec: wants on, off or some, as rec:on"),
        ("who:", "who: wants a part of an identity, as who:alice"),
        ("type:,", "type: wants a room type, as type:group,go"),
        ("@night", "no filter was saved as @night"),
        ("x" * (LONGEST + 1), f"what is behind the first {LONGEST} characters is left out"),
    ],
)
def test_what_is_not_understood_is_complained_about_and_left_out(text: str, complaint: str) -> None:
    query = parse(f"{text} name:fresh" if len(text) < LONGEST else f"name:fresh {text}")
    assert query.complaints == (complaint,)
    if len(text) < LONGEST:
        assert [name for name, entry in ENTRIES.items() if query.judge(entry, NOW) is YES] == ["unused"]


def test_a_word_with_a_colon_is_searched_as_it_stands_and_a_mistyped_term_is_hinted_at() -> None:
    team = LiveRoom.known(room("team:alpha"), roster())
    assert parse("team:al").judge(team, NOW) is YES
    assert parse("team:al").complaints == ()
    assert parse("poeple:>3").complaints == ("there is no poeple: but people:>3; it is searched as it stands",)


@pytest.mark.parametrize(
    ("rules", "made_with", "finds"),
    [(EVERYTHING, False, "on"), (NOTHING, True, "off"), (None, True, "on"), (None, False, "off"), (None, None, None)],
)
def test_what_is_recorded_goes_by_the_rules_and_until_they_are_read_by_what_the_room_was_made_with(
    *, rules: tuple[RecordingRule, ...] | None, made_with: bool | None, finds: str | None
) -> None:
    made = replace(room(), record_participants_on_connect=made_with)
    read = None if rules is None else RecordingRules(made.sid, rules, NOW)
    entry = replace(LiveRoom.known(made, roster()), recording=read)
    found = {value: parse(f"rec:{value}").judge(entry, NOW) for value in ("on", "off", "some")}
    assert found == {
        value: WAITING if finds is None else YES if value == finds else NO for value in ("on", "off", "some")
    }
    some = replace(entry, recording=RecordingRules(made.sid, (RecordingRule(type="include", kind="audio"),), NOW))
    assert parse("rec:some").judge(some, NOW) is YES
    over = EndedRoom(made, None, Ending(EndingReason.EMPTY_ROOM), NOW)
    assert parse("rec:on").judge(over, NOW) is (WAITING if made_with is None else YES if made_with else NO)


def test_what_is_hidden_is_not_searched() -> None:
    assert asked("5550123") == ({"busy"}, UNKNOWN)
    assert asked("5550123", hide=True) == (set(), UNKNOWN)
    assert asked("who:555012", hide=True) == (set(), UNKNOWN)


def test_a_saved_filter_is_what_it_was_saved_as() -> None:
    views = {"busy": "people:>2", "night shift": "@busy !region:us", "a": "@b", "b": "x @a", "deep": "@night"}
    for text, same in (("@busy", "people:>2"), ("!@busy", "!people:>2"), ('@"night shift"', "people:>2 !region:us")):
        query, expected = parse(text, views), parse(same)
        assert query.complaints == ()
        for entry in (BUSY, LEFT, UNUSED, UNREAD):
            assert query.judge(entry, NOW) is expected.judge(entry, NOW)
    assert parse("@a", views).complaints == ("@a leads back to itself",)
    known = "; there are @busy, @night shift, @a, @b, @deep"
    assert parse("@deep", views).complaints == (f"no filter was saved as @night{known}",)
    many = {f"v{number}": f"@v{number + 1} !@v{number + 1}" for number in range(60)}
    assert "nested too deep" in parse("@v0", many).complaints[0]


def test_an_empty_query_says_that_it_is() -> None:
    assert parse(" ! people: ").is_empty
    assert not parse("a").is_empty


# -- whatever is typed

VALUES = st.sampled_from(
    [">3", "<2m", "5m", ">1h30", "<=7", "yes", "no", "on", "group", "go,group", '"a b"', '"open', "", "0", "<0s", "99h"]
)
WORDS = st.one_of(
    st.builds("{}{}:{}".format, st.sampled_from(["", "!", "!!"]), st.sampled_from(sorted(TERMS)), VALUES),
    st.builds("{}{}".format, st.sampled_from(["", "!", "@", "!@"]), st.sampled_from(["a", "kim", "standup", "v", "w"])),
    st.text(max_size=8),
)
QUERIES = st.lists(WORDS, max_size=4).map(" ".join)
VIEWS = {"v": "people:>0 closes:<10m", "w": "!@v age:>5m"}
SECONDS = st.integers(-40_000, 100_000)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    def instant() -> st.SearchStrategy[datetime | None]:
        return st.none() | st.integers(-90_000, 0).map(lambda seconds: NOW + timedelta(seconds=seconds))

    made = room(
        draw(st.text(max_size=12)),
        created=draw(instant()),
        unused=draw(st.none() | st.integers(0, 60)),
        empty=draw(st.none() | st.integers(0, 60)),
        limit=draw(st.none() | st.integers(600, 86_400)),
        seats=draw(st.none() | st.integers(1, 3)),
        kind=draw(st.sampled_from([None, "group", "go", "group-small", "future"])),
    )
    people = draw(st.lists(st.tuples(st.sampled_from(["a", "kim", PHONE, "\ud800"]), instant(), instant()), max_size=3))
    known = Roster(
        tuple(participant(who, sid=str(index), joined=at) for index, (who, at, left) in enumerate(people) if not left),
        draw(st.none())
        if draw(st.booleans())
        else tuple(participant(who, sid=str(index), left=left) for index, (who, _, left) in enumerate(people) if left),
        NOW,
    )
    read = draw(st.sampled_from([None, known]))
    if draw(st.booleans()):
        return LiveRoom.known(made, read, listed=draw(st.booleans()))
    over = replace(made, status="completed", duration=draw(st.none() | st.integers(0, 90_000)))
    return EndedRoom(over, read, Ending(EndingReason.UNKNOWN), NOW)


def look(query: Query, entry: Entry, at: float) -> Found:
    return query.look(entry, at, partial(text_of, hide=False))


@given(QUERIES, entries(), SECONDS, st.lists(st.floats(0, 1), max_size=5))
def test_a_verdict_holds_until_it_says_and_not_longer_than_is_true(
    text: str, entry: Entry, seconds: int, parts: list[float]
) -> None:
    query = parse(text, VIEWS)
    now = (NOW + timedelta(seconds=seconds)).timestamp()
    found = look(query, entry, now)
    assert found.until > now
    end = min(found.until, now + 1_000_000)
    for part in (*parts, 0.999_999):
        later = now + (end - now) * part
        if now <= later < end:
            assert look(query, entry, later).verdict is found.verdict
    assert query.judge(entry, NOW + timedelta(seconds=seconds)) is found.verdict


@given(st.lists(WORDS.filter(lambda word: '"' not in word), max_size=4), entries())
def test_all_that_is_typed_must_hold(words: list[str], entry: Entry) -> None:
    verdicts = [parse(word, VIEWS).judge(entry, NOW) for word in words]
    expected = NO if NO in verdicts else WAITING if WAITING in verdicts else YES
    assert parse(" ".join(words), VIEWS).judge(entry, NOW) is expected


@given(WORDS.filter(lambda word: word.startswith(tuple(TERMS)) and " " not in word), entries())
def test_what_is_inverted_is_the_opposite_but_what_is_not_known_stays_so(word: str, entry: Entry) -> None:
    if not isinstance(entry, LiveRoom) or parse(word).is_empty:
        return
    opposite = {YES: NO, NO: YES, WAITING: WAITING}
    assert parse(f"!{word}").judge(entry, NOW) is opposite[parse(word).judge(entry, NOW)]


@given(QUERIES, QUERIES, st.sampled_from(["", " ", "x", "a"]), entries())
def test_what_is_typed_on_finds_nothing_that_was_not_found_before(
    before: str, more: str, between: str, entry: Entry
) -> None:
    wider, narrower = parse(before, VIEWS), parse(f"{before}{between}{more}", VIEWS)
    if narrower.narrows(wider) and wider.judge(entry, NOW) is NO:
        assert narrower.judge(entry, NOW) is NO


@pytest.mark.parametrize(
    ("before", "after", "narrows"),
    [
        ("", "a", True),
        ("da", "dai", True),
        ("da", "da people:>3", True),
        ("people:", "people:>3", True),
        ("who:a", "who:al", True),
        ("people:>3", "people:>30", False),
        ("type:gro", "type:group", False),
        ("!da", "!dai", False),
        ("dai", "da", False),
        ("da", "name:dai", False),
    ],
)
def test_it_is_known_when_what_is_typed_on_can_only_find_less(before: str, after: str, *, narrows: bool) -> None:
    assert parse(after).narrows(parse(before)) is narrows


@given(st.text() | QUERIES, st.integers(-2, 60), entries())
def test_nothing_that_is_typed_raises(text: str, cursor: int, entry: Entry) -> None:
    query = parse(text, VIEWS)
    assert query.judge(entry, NOW) in Verdict
    for choice in complete(text, cursor, lambda _name, begun: [f"{begun}x", 'a "quoted" one'], VIEWS):
        made, behind = completed(text, cursor, choice)
        assert made[:behind].endswith(choice)
        assert made[behind:] == text[cursor:]


@given(entries(), SECONDS)
def test_a_limit_is_near_when_that_of_somebody_in_it_is(entry: Entry, seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    if not isinstance(entry, LiveRoom) or entry.roster is None:
        return
    deadlines = [participant_deadline(entry.room, each) for each in entry.roster.present]
    near = any(each is not None and each.at - at <= timedelta(minutes=10) for each in deadlines)
    assert parse("limit:<10m").judge(entry, at) is (YES if near else NO)


# -- completion


def known(name: str, begun: str) -> Iterable[str]:
    values = {"type": ["group", "group-small", "go"], "who": ["Alice", "Bob & Co"], "": ["Alpha team", "alpine"]}
    return [value for value in values.get(name, ()) if value.casefold().startswith(begun)]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("", ()),
        ("pe", ("people:",)),
        ("!ph", ("!phones:",)),
        ("a", ("age:",)),
        ("al", ('"Alpha team"', "alpine")),
        ("type:", ("type:group", "type:group-small", "type:go")),
        ("type:go,g", ("type:go,group", "type:go,group-small", "type:go,go")),
        ("x !type:gr", ("!type:group", "!type:group-small")),
        ("identity:b", ('identity:"Bob & Co"',)),
        ("full:", ("full:yes", "full:no")),
        ("rec:o", ("rec:on", "rec:off")),
        ("phones:", ("phones:yes", "phones:no")),
        ("@", ("@night", '@"late shift"')),
        ("@l", ('@"late shift"',)),
        ("people:>3 ", ()),
    ],
)
def test_a_word_is_completed_from_what_is_known(text: str, choices: tuple[str, ...]) -> None:
    assert complete(text, len(text), known, ["night", "late shift"]) == choices


def test_only_the_word_before_the_cursor_is_completed() -> None:
    text = "ty !name:x"
    assert complete(text, 2, known) == ("type:",)
    assert completed(text, 2, "type:") == ("type: !name:x", 5)
    assert complete(text, 1, known) == ()


def test_time_alone_makes_a_room_old_enough() -> None:
    assert parse("age:>4h").judge(UNREAD, CREATED + timedelta(hours=4, seconds=-1)) is NO
    assert parse("age:>4h").judge(UNREAD, CREATED + timedelta(hours=4)) is YES
    assert (
        look(parse("age:>4h"), UNREAD, NOW.timestamp()).until
        == datetime(2025, 6, 12, 19, 42, 32, tzinfo=timezone.utc).timestamp()
    )
