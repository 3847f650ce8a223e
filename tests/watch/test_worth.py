from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.model import ParticipantStatus
from roomtui.rooms.picture import LiveRoom
from roomtui.watch.budget import Attention
from roomtui.watch.worth import Rota
from tests.rooms.builders import CREATED, after, participant, room, roster

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NOW = 1000.0


def live(sid: str, *, minutes_left: float = 60, people: int = 1, known: bool = True) -> LiveRoom:
    """A room that closes in so many minutes after `CREATED`."""
    each = room(sid, sid=sid, limit=round(minutes_left * 60), empty=0, unused=round(minutes_left))
    present = [participant(f"{sid}-{number}") for number in range(people)]
    return LiveRoom.known(each, roster(*present) if known else None)


def rota_of(
    rooms: Iterable[LiveRoom], ages: dict[str, float] | None = None, attention: Attention | None = None
) -> Rota:
    rota = Rota()
    if attention is not None:
        rota.attend(attention)
    for each in rooms:
        rota.see(each)
    for sid, age in (ages or {}).items():
        rota.begun(sid, NOW - age)
    return rota


def worth(
    rooms: list[LiveRoom],
    ages: dict[str, float] | float,
    attention: Attention | None = None,
    *,
    busy: Collection[str] = (),
    looks: int = 100,
) -> list[str]:
    if not isinstance(ages, dict):
        ages = dict.fromkeys([each.room.sid for each in rooms], ages)
    rota = rota_of(rooms, ages, attention)
    return list(rota.choose(NOW, CREATED, reads=1000, looks=looks, busy=busy).rosters)


# Who is worth a read, and who goes first


def test_who_is_looked_at_comes_first_then_the_unknown_then_those_read_long_ago() -> None:
    rooms = [live("rest"), live("visible"), live("selected"), live("unknown", known=False)]
    order = worth(
        rooms,
        dict.fromkeys(["rest", "visible", "selected"], 16.0),
        Attention("selected", frozenset({"selected", "visible"})),
    )
    assert (order[0], order[-1]) == ("selected", "rest")
    assert set(order) == {"selected", "visible", "unknown", "rest"}


def test_each_is_left_alone_while_it_is_fresh() -> None:
    rooms = [live("rest"), live("empty", people=0), live("visible"), live("selected"), live("near", minutes_left=1)]
    attention = Attention("selected", frozenset({"selected", "visible"}))
    assert worth(rooms, 1.0, attention) == []
    assert worth(rooms, 2.0, attention) == ["selected"]
    assert worth(rooms, 3.5, attention) == ["selected", "visible"]
    assert set(worth(rooms, 5.0, attention)) == {"selected", "visible", "empty", "near"}
    assert set(worth(rooms, 15.0, attention)) == {each.room.sid for each in rooms}


def test_unknown_rooms_on_screen_go_before_those_that_are_not() -> None:
    rooms = [live(f"{place}-{number}", known=False) for place in ("unseen", "seen") for number in range(18)]
    seen = frozenset(f"seen-{number}" for number in range(18))
    order = worth(rooms, {}, Attention("seen-7", seen))
    assert order[0] == "seen-7"
    assert sum(sid in seen for sid in order[:21]) == 18
    assert len(order) == 36


def test_an_unknown_room_goes_before_one_that_was_read_long_ago() -> None:
    assert worth([live("known"), live("unknown", known=False)], {"known": 10_000.0}) == ["unknown", "known"]


def test_those_under_way_are_left_out_for_now_and_the_limit_is_kept() -> None:
    rooms = [live(f"RM{number}") for number in range(10)]
    ages = {f"RM{number}": 20.0 + number for number in range(10)}
    assert worth(rooms, ages, busy={"RM9", "RM8"}, looks=3) == ["RM7", "RM6", "RM5"]
    assert worth(rooms, ages, looks=0) == []
    rota = rota_of(rooms, ages)
    assert len(rota.choose(NOW, CREATED, reads=100, looks=100, busy={"RM9"}).rosters) == 9
    assert rota.choose(NOW, CREATED, reads=100, looks=100).rosters == ("RM9",), "it was put off, not lost"


def test_as_many_are_chosen_as_there_are_reads_for_and_whether_something_is_left_is_told() -> None:
    rooms = [live(f"RM{number}", people=number % 2) for number in range(10)]
    rota = rota_of(rooms, {f"RM{number}": 20.0 for number in range(10)})
    first = rota.choose(NOW, CREATED, reads=7, looks=100)
    then = rota.choose(NOW, CREATED, reads=100, looks=100)
    assert 4 <= len(first.rosters) <= 6, "an empty room takes two"
    assert (first.spare, then.spare) == (False, True)
    assert len(first.rosters + then.rosters) == len({*first.rosters, *then.rosters}) == 10
    assert rota.choose(NOW, CREATED, reads=0, looks=9).rosters == ()


def test_a_deadline_that_comes_near_makes_a_room_worth_more() -> None:
    rota = rota_of([live("near", minutes_left=10), live("far")], {"near": 6.0, "far": 6.0})
    assert rota.choose(NOW, after(minutes=7.9), reads=9, looks=9).rosters == ()
    assert rota.choose(NOW, after(minutes=8), reads=9, looks=9).rosters == ("near",)


def test_a_deadline_that_is_put_off_makes_it_worth_less_again() -> None:
    rota = rota_of([live("near", minutes_left=1)], {"near": 0.0})
    assert rota.choose(NOW + 6, CREATED, reads=9, looks=9).rosters == ("near",)
    rota.see(live("near", minutes_left=60))
    assert rota.choose(NOW + 12, CREATED, reads=9, looks=9).rosters == ()
    assert rota.choose(NOW + 12, after(minutes=59), reads=9, looks=9).rosters == ("near",)


def test_a_room_that_was_read_in_vain_is_tried_again_soon() -> None:
    rota = rota_of([live("unknown", known=False)])
    assert rota.unread == 1
    assert rota.choose(NOW, CREATED, reads=9, looks=9).rosters == ("unknown",)
    assert rota.unread == 0
    assert rota.choose(NOW + 4, CREATED, reads=9, looks=9).rosters == ()
    assert rota.choose(NOW + 5, CREATED, reads=9, looks=9).rosters == ("unknown",)


def test_who_is_doubted_is_read_at_once() -> None:
    attention = Attention("a", frozenset("ab"))
    rota = rota_of([live("a"), live("b"), live("c")], dict.fromkeys("abc", 0.0), attention)
    assert rota.choose(NOW, CREATED, reads=9, looks=9).rosters == ()
    rota.doubt("b")
    rota.doubt("c")
    rota.doubt("nobody")
    assert set(rota.choose(NOW, CREATED, reads=9, looks=9).rosters) == {"b", "c"}


def test_who_has_ended_is_not_read_and_not_counted() -> None:
    rota = rota_of([live("a", known=False), live("b", people=0)], {"b": 20.0})
    rota.forget("a")
    rota.forget("b")
    rota.forget("nobody")
    assert rota.unread == 0
    assert rota.choose(NOW, after(hours=30), reads=9, looks=9).rosters == ()
    rota.see(live("b"))
    assert rota.choose(NOW, CREATED, reads=9, looks=9).rosters == ("b",), "it is there again, and not known"


def test_who_leaves_the_screen_is_one_of_the_others() -> None:
    rota = rota_of([live("a"), live("b")], {"a": 4.0, "b": 4.0}, Attention("a", frozenset("ab")))
    rota.attend(Attention("b", frozenset("b")))
    assert rota.choose(NOW, CREATED, reads=9, looks=9).rosters == ("b",)
    assert set(rota.choose(NOW + 10, CREATED, reads=9, looks=9).rosters) == {"b"}
    assert set(rota.choose(NOW + 11, CREATED, reads=9, looks=9).rosters) == {"a"}


def test_a_roster_that_wants_one_more_read_gets_it_soon() -> None:
    once = replace(roster(participant()), lacking=ParticipantStatus.CONNECTED)
    rota = Rota()
    for each in (live("known"), LiveRoom.known(room("once", sid="once"), once)):
        rota.see(each)
        rota.begun(each.room.sid, NOW - 6)
    assert rota.choose(NOW, CREATED, reads=9, looks=9).rosters == ("once",)


def test_what_a_look_costs_is_counted() -> None:
    alone = roster(participant())
    brief = LiveRoom.known(room("brief", sid="brief"), replace(alone, lacking=ParticipantStatus.RECONNECTING))
    once = LiveRoom.known(room("once", sid="once"), replace(alone, lacking=ParticipantStatus.CONNECTED))
    rooms = [live("selected"), live("full"), once, live("empty", people=0), brief]
    for reads, sids in {
        3: "selected",
        4: "selected full",
        5: "selected full once",
        6: "selected full once empty",
        8: "selected full once empty brief",
    }.items():
        rota = Rota()
        rota.attend(Attention("selected", frozenset(each.room.sid for each in rooms)))
        for age, each in enumerate(rooms):
            rota.see(each)
            rota.begun(each.room.sid, NOW - 20 + age)
        assert " ".join(rota.choose(NOW, CREATED, reads=reads, looks=9).rosters) == sids


# Shares, where there is not enough


def cost(each: LiveRoom) -> int:
    """What a look off screen takes."""
    return 1 if each.roster is None or each.roster.present else 2


class Spending:
    """So many reads a second are spent, a quarter of a second's at a time; what each look cost and when."""

    def __init__(self, rota: Rota, rooms: dict[str, LiveRoom], *, rate: float) -> None:
        self.rota = rota
        self.rooms = rooms
        self.rate = rate
        self.now = NOW
        self.gone = 0
        self.credit = 0.0
        self.looks: dict[str, list[float]] = defaultdict(list)
        self.had: Counter[str] = Counter()

    def cost(self, sid: str) -> int:
        return cost(self.rooms[sid])

    def go_on(self, seconds: float) -> None:
        """What is read is known from then on."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.25
            self.credit = min(self.credit, 0) + self.rate / 4
            choice = self.rota.choose(self.now, CREATED, reads=round(self.credit), looks=10**6, gone=self.gone)
            self.gone -= choice.gone
            self.had["gone"] += 2 * choice.gone
            for sid in choice.rosters:
                self.looks[sid].append(self.now)
                self.had[sid] += self.cost(sid)
                self.credit -= self.cost(sid)
                if self.rooms[sid].roster is None:
                    self.rooms[sid] = live(sid)
                    self.rota.see(self.rooms[sid])
            self.credit -= 2 * choice.gone

    def oldest(self, sids: Iterable[str]) -> float:
        """The greatest age that a roster reached, in seconds."""
        ages = [0.0]
        for sid in sids:
            instants = [NOW, *self.looks[sid], self.now]
            ages.append(max(later - earlier for earlier, later in pairwise(instants)))
        return max(ages)


def all_read(count: int, *, empty: float, on_screen: int, rate: float) -> Spending:
    """So many rooms that were all read lately, in any order."""
    chance = Random(count)  # noqa: S311 - a repeatable day, nothing secret
    kinds = live("full"), live("empty", people=0)
    rooms = {}
    for number in range(count):
        kind = kinds[chance.random() < empty]
        rooms[f"RM{number}"] = LiveRoom(room(sid=f"RM{number}"), kind.roster, kind.deadline)
    rows = frozenset(f"RM{number}" for number in range(min(on_screen, count)))
    rota = rota_of(rooms.values(), attention=Attention(None, rows))
    for sid in chance.sample(list(rooms), count):
        rota.begun(sid, NOW - chance.uniform(0, 4 if sid in rows else max(15.0, count / rate)))
    return Spending(rota, rooms, rate=rate)


@pytest.mark.parametrize(
    ("count", "rate", "on_screen"),
    [(10, 10.0, 10), (300, 16.0, 20), (1000, 16.0, 45), (10_000, 64.0, 45), (100_000, 2000.0, 45)],
)
def test_every_roster_is_renewed_within_five_quarters_of_what_a_round_of_all_takes(
    count: int, rate: float, on_screen: int
) -> None:
    spending = all_read(count, empty=0.2, on_screen=on_screen, rate=rate)
    others = [sid for sid in spending.rooms if sid not in spending.rota._on_screen]
    price = sum(spending.cost(sid) for sid in others)
    spending.go_on(1.5 * max(15.0, price / (rate - 13.0)))
    seconds = spending.now - NOW
    spare = sum(spending.had[sid] for sid in others) / seconds
    fastest = max(15.0, 1.25 * price / spare) if others else 0.0
    assert spending.oldest(others) <= fastest + 5.0
    assert spending.oldest(spending.rota._on_screen) <= 5.5
    empty = [sid for sid in others if spending.cost(sid) == 2]
    rest = [sid for sid in others if spending.cost(sid) == 1]
    if rest:
        assert spending.oldest(empty) <= max(5.0, price / spare) + 5.0, "empty rooms are renewed within one round"
        assert spending.oldest(empty) < 0.9 * spending.oldest(rest)


def test_where_the_screen_would_take_everything_the_others_have_a_tenth() -> None:
    spending = all_read(1000, empty=0.0, on_screen=200, rate=16.0)
    spending.go_on(200)
    total = sum(spending.had.values())
    others = sum(had for sid, had in spending.had.items() if sid not in spending.rota._on_screen)
    assert 0.09 <= others / total <= 0.12
    looks = [len(spending.looks[sid]) for sid in spending.rota._on_screen]
    assert max(looks) - min(looks) <= 1, "and the rows share the rest alike"


def test_rooms_that_left_the_list_have_a_quarter_of_what_is_left_and_all_where_nobody_else_wants_it() -> None:
    spending = all_read(1000, empty=0.0, on_screen=0, rate=16.0)
    spending.gone = 10_000
    spending.go_on(20)
    spending.had.clear()
    spending.go_on(200)
    assert spending.had["gone"] / sum(spending.had.values()) == pytest.approx(0.25, abs=0.02)
    alone = Spending(Rota(), {}, rate=16.0)
    alone.gone = 100
    alone.go_on(12.75)
    assert alone.gone == 0


def test_a_flood_of_new_rooms_goes_first_and_starves_nobody() -> None:
    spending = all_read(300, empty=0.0, on_screen=20, rate=16.0)
    old = [sid for sid in spending.rooms if sid not in spending.rota._on_screen]
    for second in range(600):
        for number in range(20):
            each = live(f"new-{second}-{number}", known=False)
            spending.rooms[each.room.sid] = each
            spending.rota.see(each)
        spending.go_on(1)
    looks = [looks for sid, looks in spending.looks.items() if sid not in spending.rota._on_screen]
    first = sum(1 for sid in spending.looks if sid.startswith("new"))
    assert 8.0 <= first / (sum(map(len, looks)) - first) <= 10.0
    assert all(spending.looks[sid] for sid in old)
    assert spending.oldest(spending.rota._on_screen) <= 5.5


def test_an_idle_share_is_not_saved_up() -> None:
    spending = all_read(400, empty=0.0, on_screen=0, rate=16.0)
    spending.go_on(300)
    spending.gone = 10_000
    spending.had.clear()
    spending.go_on(20)
    assert spending.had["gone"] / sum(spending.had.values()) == pytest.approx(0.25, abs=0.05)


# What it costs


class Story:
    """Whatever may be told to it, in any order, against a model that goes through all rooms."""

    def __init__(self) -> None:
        self.rota = Rota()
        self.rooms: dict[str, LiveRoom] = {}
        self.read_at: dict[str, float] = {}
        self.on_screen: frozenset[str] = frozenset()


names = st.sampled_from("abcdefgh")
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("see"), names, st.integers(0, 2), st.booleans()),
        st.tuples(st.just("forget"), names, st.just(0), st.just(False)),  # noqa: FBT003 - a drawn value
        st.tuples(st.just("begun"), names, st.just(0), st.just(False)),  # noqa: FBT003 - a drawn value
        st.tuples(st.just("doubt"), names, st.just(0), st.just(False)),  # noqa: FBT003 - a drawn value
        st.tuples(st.just("attend"), names, st.integers(0, 3), st.just(False)),  # noqa: FBT003 - a drawn value
        st.tuples(st.just("wait"), names, st.integers(0, 9), st.just(False)),  # noqa: FBT003 - a drawn value
    ),
    max_size=60,
)


@given(deeds)
def test_whatever_happens_everybody_whose_time_has_come_is_chosen_and_nobody_else(
    what: list[tuple[str, str, int, bool]],
) -> None:
    story, now = Story(), NOW
    rota = story.rota
    for deed, name, number, known in what:
        if deed == "see":
            story.rooms[name] = live(name, people=number, known=known)
            rota.see(story.rooms[name])
        elif deed == "forget":
            story.rooms.pop(name, None)
            story.read_at.pop(name, None)
            rota.forget(name)
        elif deed == "begun" and name in story.rooms:
            story.read_at[name] = now
            rota.begun(name, now)
        elif deed == "doubt":
            story.read_at.pop(name, None)
            rota.doubt(name)
        elif deed == "attend":
            story.on_screen = frozenset("abcdefgh"[number : number + 3])
            rota.attend(Attention(None, story.on_screen))
        else:
            now += number
    assert rota.unread == len(story.rooms.keys() - story.read_at.keys())
    due = set()
    for sid, each in story.rooms.items():
        age = now - story.read_at.get(sid, float("-inf"))
        hot = each.roster is None or not each.roster.present
        due |= {sid} if age >= (4.0 if sid in story.on_screen else 5.0 if hot else 15.0) else set()
    choice = rota.choose(now, CREATED, reads=1000, looks=1000)
    assert sorted(choice.rosters) == sorted(due)
    assert choice.spare
    prices = {False: 0, True: 0}
    for sid, each in story.rooms.items():
        if sid not in story.on_screen and (sid in story.read_at or sid in due):
            prices[each.roster is None or not each.roster.present] += cost(each)
    assert rota._price == prices


def test_it_remembers_no_more_than_there_is_however_long_it_goes_on() -> None:
    rota = Rota()
    for turn in range(3000):
        sid = f"RM{turn % 50}"
        rota.see(live(sid, people=turn % 3, minutes_left=30 + turn % 7))
        rota.begun(sid, NOW + turn)
        rota.attend(Attention(None, frozenset({sid, f"RM{turn % 7}"})))
        if turn % 11 == 0:
            rota.forget(f"RM{turn % 13}")
    assert all(len(queue) <= 200 for queue in (rota._new, rota._rest, rota._hot, rota._closing))
