"""Who may be missing from a roster, since its questions are put one after the other, and who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.deadlines import DeadlineKind, room_deadline
from roomtui.rooms.model import ParticipantStatus
from roomtui.watch.budget import Attention
from roomtui.watch.rosters import Turns, read_roster
from tests.watch.scripted import Asked, ScriptedGateway
from tests.watch.virtual import VirtualTime
from tests.watch.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.model import Participant, Roster


async def known(twilio: ScriptedGateway, sid: str) -> Roster:
    """The room's roster after two looks at leisure."""
    before = await read_roster(twilio, sid, twilio.time)
    return await read_roster(twilio, sid, twilio.time, before=before)


async def look(twilio: ScriptedGateway, sid: str, before: Roster, turns: Turns | None = None) -> Roster:
    turn = turns.next(sid) if turns is not None else None
    return await read_roster(twilio, sid, twilio.time, before=before, still_empty=turn)


def people(roster: Roster) -> set[str]:
    return {each.identity.raw for each in roster.present}


def deadline(twilio: ScriptedGateway, sid: str, roster: Roster) -> Deadline:
    found = room_deadline(twilio.rooms[sid], roster)
    assert found is not None
    return found


async def test_who_came_and_lost_the_connection_between_two_looks_is_found_as_soon_as_they_are_back() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    roster = await known(twilio, sid)
    bob = twilio.joins(sid, "bob")
    twilio.drops(bob)
    asked = len(twilio.asked)
    roster = await look(twilio, sid, roster)
    assert len(twilio.asked) - asked == 1, "what would find bob takes two reads in every look at every room"
    assert (people(roster), roster.complete) == ({"alice"}, True)
    twilio.comes_back(bob)
    assert people(await look(twilio, sid, roster)) == {"alice", "bob"}


@pytest.mark.parametrize("closely", [True, False])
async def test_who_comes_in_somebodys_place_and_just_has_the_connection_back_is_found_at_once_or_by_the_next_look(
    *, closely: bool
) -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    first = twilio.joins(sid, "bob")
    roster = await known(twilio, sid)
    twilio.leaves(first)
    again = twilio.joins(sid, "bob")
    twilio.drops(again)
    twilio.before["participants:reconnecting"] = lambda: twilio.comes_back(again)
    asked = len(twilio.asked)
    roster = await read_roster(twilio, sid, twilio.time, before=roster, closely=closely)
    assert len(twilio.asked) - asked == (4 if closely else 3)
    assert people(roster) == ({"alice", "bob"} if closely else {"alice"})
    assert people(await look(twilio, sid, roster)) == {"alice", "bob"}


@pytest.mark.parametrize("where", ["selected", "on screen", "off screen"])
async def test_what_is_on_screen_is_read_closely(where: str) -> None:
    twilio = ScriptedGateway(VirtualTime())
    watch = Watch(twilio, twilio.time, twilio.time)
    sid = twilio.opens("talk")
    attention = {"selected": Attention(sid, frozenset()), "on screen": Attention(None, frozenset({sid}))}
    watch.poller.attend(attention.get(where, Attention()))
    twilio.joins(sid, "alice")
    first = twilio.joins(sid, "bob")
    for _ in range(3):
        await watch.later(20)
    twilio.leaves(first)
    again = twilio.joins(sid, "bob")
    twilio.drops(again)
    twilio.before["participants:reconnecting"] = lambda: twilio.comes_back(again)
    await watch.later(20)
    assert set(watch.people(sid)) == ({"alice"} if where == "off screen" else {"alice", "bob"})
    await watch.poller.stop()


async def test_a_room_is_not_told_to_be_empty_while_somebody_new_gets_the_connection_back() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    first = twilio.joins(sid, "bob")
    roster = await known(twilio, sid)
    await twilio.time.pass_time(60)
    twilio.leaves(first)
    again = twilio.joins(sid, "bob")
    twilio.drops(again)
    twilio.before["participants:reconnecting"] = lambda: twilio.comes_back(again)
    roster = await look(twilio, sid, roster, Turns())
    assert {each.sid for each in roster.present} == {again}
    assert deadline(twilio, sid, roster).kind is not DeadlineKind.EMPTY_ROOM


async def test_a_room_that_really_has_become_empty_costs_one_read_more_than_somebody_who_leaves() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.leaves(twilio.joins(sid, "alice"))
    bob = twilio.joins(sid, "bob")
    roster = await known(twilio, sid)
    twilio.leaves(bob)
    asked = len(twilio.asked)
    roster = await look(twilio, sid, roster, Turns())
    assert [each.what.partition(":")[2] for each in twilio.asked[asked:]] == [
        "connected",
        "reconnecting",
        "disconnected",
        "connected",
    ]
    told = deadline(twilio, sid, roster)
    assert (told.kind, told.certain) == (DeadlineKind.EMPTY_ROOM, True)


class Late(ScriptedGateway):
    """Tells of whoever left only at the next look."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time)
        self.late: set[str] = set()

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        told = await super().participants(room_sid, status=status, urgent=urgent)
        return tuple(each for each in told if each.sid not in self.late)


@pytest.mark.parametrize("company", [True, False])
async def test_nothing_is_certain_while_twilio_says_of_somebody_neither_that_they_are_there_nor_that_they_left(
    *, company: bool
) -> None:
    twilio = Late(VirtualTime())
    sid = twilio.opens("talk", empty=5)
    twilio.leaves(twilio.joins(sid, "carla"))
    alice = twilio.joins(sid, "alice")
    if company:
        twilio.joins(sid, "bob")
    roster = await known(twilio, sid)
    await twilio.time.pass_time(600)
    twilio.leaves(alice)
    twilio.late.add(alice)
    turns = Turns()
    roster = await look(twilio, sid, roster, turns)
    assert not roster.complete
    assert not deadline(twilio, sid, roster).certain, "the room would be told to close five minutes after carla left"
    twilio.late.clear()
    roster = await look(twilio, sid, roster, turns)
    assert people(roster) == ({"bob"} if company else set())
    told = deadline(twilio, sid, roster)
    assert told.certain
    if not company:
        left_at = twilio.people[alice].end_time
        assert left_at is not None
        assert (told.kind, (told.at - left_at).total_seconds()) == (DeadlineKind.EMPTY_ROOM, 300)


@pytest.mark.parametrize("company", [True, False])
async def test_of_whom_twilio_never_tells_again_a_second_look_believes_that_they_are_gone(*, company: bool) -> None:
    twilio = Late(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    if company:
        twilio.joins(sid, "bob")
    roster = await known(twilio, sid)
    twilio.late.add(alice)
    roster = await look(twilio, sid, roster)
    asked = len(twilio.asked)
    roster = await look(twilio, sid, roster)
    assert (people(roster), roster.complete) == ({"bob"} if company else set(), True)
    assert len(twilio.asked) - asked == (1 if company else 3)


# Any history


class Restless(ScriptedGateway):
    """Somebody may move before any question; within one look everybody once at the most.

    Attributes:
        told: the SIDs of all who were in an answer as present.
    """

    def __init__(self, sid: str, moves: list[int]) -> None:
        super().__init__(VirtualTime())
        self.room_sid, self._moves = sid, moves
        self.told: set[str] = set()
        self._moved: set[str] = set()
        self._looking = False

    def present(self) -> set[str]:
        return {each.sid for each in self.people.values() if each.is_present}

    def look_begins(self) -> None:
        self._moved.clear()
        self._looking = True

    def look_ends(self) -> None:
        self._looking = False

    def move(self) -> None:
        """As the next number says: nothing, somebody comes, or one of those present does something."""
        number = self._moves.pop() if self._moves else 0
        what, whom = number % 8, number // 8
        free = sorted(self.present() - (self._moved if self._looking else set()))
        if what == 1 and len(self.people) < 6:
            self._moved.add(self.joins(self.room_sid, "somebody"))
        elif what >= 2 and free:
            sid = free[whom % len(free)]
            self._moved.add(sid)
            dropped = self.people[sid].status == ParticipantStatus.RECONNECTING
            acts: dict[int, Callable[[str], None]] = {2: self.leaves}
            acts.get(what, self.comes_back if dropped else self.drops)(sid)

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        self.move()
        answer = await super().participants(room_sid, status=status, urgent=urgent)
        self.told.update(each.sid for each in answer if each.is_present)
        return answer

    async def _arrive(self, ask: Asked) -> None:
        self.asked.append(ask)  # at once: nobody waits


@settings(max_examples=400)
@given(
    moves=st.lists(st.integers(0, 63), max_size=60),
    modes=st.lists(
        st.sampled_from(["at leisure", "briefly", "closely", "urgent", "everybody"]), min_size=1, max_size=8
    ),
    between=st.integers(0, 3),
)
async def test_whatever_happens_nobody_is_lost_who_was_in_an_answer_and_no_room_empties_with_somebody_in_it(
    moves: list[int], modes: list[str], between: int
) -> None:
    twilio = Restless("", moves)
    sid = twilio.room_sid = twilio.opens("talk")
    twilio.joins(sid, "somebody")
    turns = Turns()
    roster: Roster | None = None
    for mode in modes:
        for _ in range(between):
            twilio.move()
        there, before = twilio.present(), roster
        steady = {
            each.sid
            for each in twilio.people.values()
            if each.is_present and each.status == ParticipantStatus.CONNECTED
        }
        twilio.look_begins()
        roster = await read_roster(
            twilio,
            sid,
            twilio.time,
            before=before,
            still_empty=turns.next(sid) if mode == "at leisure" else None,
            briefly=mode == "briefly",
            closely=mode == "closely",
            everybody=mode == "everybody",
            urgent=mode == "urgent",
        )
        twilio.look_ends()
        told = {each.sid for each in roster.present}
        missing = twilio.present() - told
        assert not missing & twilio.told, "who was in an answer has not left"
        assert not missing & (steady - twilio._moved), "who was connected all the time is in it"
        assert {each.sid for each in roster.gone or ()}.isdisjoint(told)
        if before is None or not before.present or not roster.complete:
            continue
        if not told or (mode == "closely" and not {each.sid for each in before.present} <= told):
            assert not missing & there, "an empty room is empty, and who was missing has been looked for closely"
