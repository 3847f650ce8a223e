from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.deadlines import DeadlineKind, room_deadline
from roomtui.rooms.model import ParticipantStatus, Roster
from roomtui.twilio_api.errors import NotFound
from roomtui.watch.rosters import Turns, kept, read_last_roster, read_roster
from tests.rooms.builders import after, participant, roster
from tests.watch.scripted import ScriptedGateway
from tests.watch.virtual import VirtualTime

if TYPE_CHECKING:
    from roomtui.rooms.model import Participant
    from tests.watch.conftest import Twilio


def names(roster: Roster) -> tuple[set[str], set[str] | None]:
    """Who is present, and who has left."""
    gone = None if roster.gone is None else {each.identity.raw for each in roster.gone}
    return {each.identity.raw for each in roster.present}, gone


async def reading(twilio: Twilio, sid: str, before: Roster | None = None, *, everybody: bool = False) -> Roster:
    return await read_roster(twilio.gateway, sid, twilio.clock, before=before, everybody=everybody)


async def test_an_occupied_room_costs_two_reads_at_first_and_one_afterwards(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.join(sid, "bob")
    first = await reading(twilio, sid)
    assert (names(first), first.complete) == (({"alice", "bob"}, None), False)
    assert twilio.reads == 2
    await twilio.join(sid, "carla")
    second = await reading(twilio, sid, first)
    assert (names(second), second.complete) == (({"alice", "bob", "carla"}, None), True)
    assert twilio.reads == 3
    report = await twilio.control("GET", "/requests")
    assert [line["count"] for line in report["requests"] if line["method"] == "GET"] == [3]


async def test_in_haste_an_occupied_room_costs_two_reads(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.act(await twilio.join(sid, "alice"), "drop")
    await twilio.join(sid, "bob")
    roster = await read_roster(twilio.gateway, sid, twilio.clock, hastily=True)
    assert (names(roster), roster.complete, twilio.reads) == (({"alice", "bob"}, None), True, 2)


async def test_who_has_lost_the_connection_before_the_first_look_is_present(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.act(await twilio.join(sid, "bob"), "drop")
    roster = await reading(twilio, sid)
    assert names(roster) == ({"alice", "bob"}, None)
    assert {each.identity.raw: each.status for each in roster.present}["bob"] == "reconnecting"


async def test_who_lost_the_connection_is_still_present(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    bob = await twilio.join(sid, "bob")
    before = await reading(twilio, sid)
    await twilio.act(bob, "drop")
    dropped = await reading(twilio, sid, before)
    assert names(dropped) == ({"alice", "bob"}, set())
    assert {each.identity.raw: each.status for each in dropped.present}["bob"] == "reconnecting"
    await twilio.act(bob, "resume")
    assert {each.status for each in (await reading(twilio, sid, dropped)).present} == {"connected"}


async def test_a_room_whose_last_participant_lost_the_connection_is_not_empty(twilio: Twilio) -> None:
    sid = await twilio.create()
    alice = await twilio.join(sid, "alice")
    await twilio.act(alice, "drop")
    roster = await reading(twilio, sid)
    assert names(roster) == ({"alice"}, None)
    await twilio.advance(31)
    assert names(await reading(twilio, sid, roster)) == (set(), {"alice"})


async def test_an_empty_room_tells_who_left(twilio: Twilio) -> None:
    sid = await twilio.create()
    alice = await twilio.join(sid, "alice")
    await twilio.advance(60)
    await twilio.act(alice, "leave")
    roster = await reading(twilio, sid)
    assert names(roster) == (set(), {"alice"})
    assert twilio.reads == 3
    deadline = room_deadline(await twilio.gateway.room(sid), roster)
    assert deadline is not None
    assert deadline.kind is DeadlineKind.EMPTY_ROOM
    assert deadline.certain


async def test_a_room_where_nobody_ever_was_has_nobody_gone(twilio: Twilio) -> None:
    roster = await reading(twilio, await twilio.create())
    assert names(roster) == (set(), set())


async def test_somebody_missing_is_looked_for(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    bob = await twilio.join(sid, "bob")
    before = await reading(twilio, sid)
    await twilio.act(bob, "leave")
    asked = twilio.reads
    roster = await reading(twilio, sid, before)
    assert names(roster) == ({"alice"}, {"bob"})
    assert twilio.reads - asked == 3
    await reading(twilio, sid, roster)
    assert twilio.reads - asked == 4, "only once"


async def test_those_who_left_are_remembered_while_nobody_asks_again(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    bob = await twilio.join(sid, "bob")
    await twilio.act(bob, "leave")
    full = await reading(twilio, sid, everybody=True)
    assert names(full) == ({"alice"}, {"bob"})
    assert twilio.reads == 4
    assert names(await reading(twilio, sid, full)) == ({"alice"}, {"bob"})
    assert twilio.reads == 5


async def test_an_ended_room_tells_everybody_who_was_in_it(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.end(sid)
    roster = await read_last_roster(twilio.gateway, sid, twilio.clock)
    assert names(roster) == (set(), {"alice"})
    assert twilio.reads == 1


async def test_no_such_room_has_no_roster(twilio: Twilio) -> None:
    with pytest.raises(NotFound):
        await reading(twilio, "RM" + "0" * 32)


async def test_it_tells_when_it_was_read(twilio: Twilio) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.advance(100)
    roster = await reading(twilio, sid)
    assert abs((roster.as_of - twilio.sandbox.clock.now()).total_seconds()) <= 1


# A server that gives everybody, whatever was asked


class Unfiltered(ScriptedGateway):
    """Leaves the Status filter aside, and tells a status that nobody asked for."""

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        await super().participants(room_sid, status=status, urgent=urgent)
        return tuple(each for each in self.people.values() if each.room_sid == room_sid)


def a_room_of_four() -> tuple[Unfiltered, str]:
    twilio = Unfiltered(VirtualTime())
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    twilio.drops(twilio.joins(sid, "bob"))
    twilio.leaves(twilio.joins(sid, "carla"))
    dave = twilio.joins(sid, "dave")
    twilio.people[dave] = replace(twilio.people[dave], status="on-hold")
    return twilio, sid


async def test_who_has_left_is_never_present_and_who_is_present_never_gone() -> None:
    twilio, sid = a_room_of_four()
    roster = await read_roster(twilio, sid, twilio.time, everybody=True)
    assert names(roster) == ({"alice", "bob", "dave"}, {"carla"})
    assert roster.connected == 3
    assert names(await read_roster(twilio, sid, twilio.time)) == ({"alice", "bob", "dave"}, None)


async def test_nobody_present_is_among_those_who_were_in_an_ended_room() -> None:
    twilio, sid = a_room_of_four()
    assert names(await read_last_roster(twilio, sid, twilio.time)) == (set(), {"carla"})


async def test_a_room_that_everybody_has_left_is_empty_though_a_list_of_the_connected_names_them() -> None:
    twilio = Unfiltered(VirtualTime())
    sid = twilio.opens("talk")
    twilio.leaves(twilio.joins(sid, "alice"))
    roster = await read_roster(twilio, sid, twilio.time)
    assert names(roster) == (set(), {"alice"})


# People who move while they are counted


async def test_who_leaves_between_two_reads_has_left() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    twilio.before["participants:disconnected"] = lambda: twilio.leaves(alice)
    roster = await read_roster(twilio, sid, twilio.time, everybody=True)
    assert names(roster) == (set(), {"alice"})


async def test_who_comes_back_between_two_reads_is_present() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    bob = twilio.joins(sid, "bob")
    twilio.leaves(bob)
    before = await read_roster(twilio, sid, twilio.time)
    twilio.drops(alice)
    twilio.before["participants:reconnecting"] = lambda: twilio.comes_back(alice)
    roster = await read_roster(twilio, sid, twilio.time, before=before)
    assert names(roster) == ({"alice"}, {"bob"}), "a room with somebody in it is not told to be empty"


@pytest.mark.parametrize("company", [True, False])
@pytest.mark.parametrize("how", ["at leisure", "urgent", "everybody", "hastily"])
async def test_who_comes_back_between_the_reads_of_the_first_look_is_not_missed_for_good(
    *, company: bool, how: str
) -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    if company:
        twilio.joins(sid, "bob")
    twilio.drops(alice)
    twilio.before["participants:reconnecting"] = lambda: twilio.comes_back(alice)
    urgent, everybody, hastily = (how == each for each in ("urgent", "everybody", "hastily"))
    first = await read_roster(twilio, sid, twilio.time, urgent=urgent, everybody=everybody, hastily=hastily)
    there = {"alice", "bob"} if company else {"alice"}
    if urgent or everybody or (hastily and not company):
        assert (names(first)[0], first.complete) == (there, True)
    elif hastily:
        assert names(first)[0] == {"bob"}, "in haste, where others are, somebody may be missed"
    else:
        assert names(first)[0] == there - {"alice"}
        assert first.complete is not company, "nothing is said of when it closes while somebody may be missing"
        second = await read_roster(twilio, sid, twilio.time, before=first, still_empty=Turns().next(sid))
        assert (names(second)[0], second.complete) == (there, True)


@pytest.mark.parametrize("what", ["comes back", "drops", "leaves"])
@pytest.mark.parametrize(("briefly", "moment"), [(True, "reconnecting"), (True, "connected"), (False, "connected")])
async def test_who_moves_between_the_reads_of_the_second_look_is_found_where_they_are(
    what: str, moment: str, *, briefly: bool
) -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.joins(sid, "bob")
    alice = twilio.joins(sid, "alice")
    if what == "comes back":
        twilio.drops(alice)
    before = await read_roster(twilio, sid, twilio.time, briefly=briefly)
    assert not before.complete
    act = {"comes back": twilio.comes_back, "drops": twilio.drops, "leaves": twilio.leaves}[what]
    twilio.before[f"participants:{moment}"] = lambda: act(alice)
    roster = await read_roster(twilio, sid, twilio.time, before=before)
    assert names(roster)[0] == ({"bob"} if what == "leaves" else {"alice", "bob"})
    status = {each.identity.raw: each.status for each in roster.present}.get("alice")
    assert status == {"comes back": "connected", "drops": "reconnecting", "leaves": None}[what]
    assert roster.complete


async def test_nobody_is_counted_twice() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    twilio.before["participants:reconnecting"] = lambda: twilio.drops(alice)
    roster = await read_roster(twilio, sid, twilio.time, everybody=True)
    assert roster.connected == 1
    assert roster.present[0].status == "reconnecting", "the later answer is the true one"


async def test_a_person_who_waits_is_served_first() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    await read_roster(twilio, sid, twilio.time, urgent=True)
    await read_last_roster(twilio, sid, twilio.time, urgent=True)
    assert [ask.urgent for ask in twilio.asked] == [True] * 5


# In brief


async def briefly(twilio: ScriptedGateway, sid: str, before: Roster | None = None) -> tuple[Roster, list[str]]:
    """A look in brief, and what it asked."""
    asked = len(twilio.asked)
    roster = await read_roster(twilio, sid, twilio.time, before=before, briefly=True)
    return roster, [ask.what.removeprefix("participants:") for ask in twilio.asked[asked:]]


async def test_in_brief_an_occupied_room_costs_one_read_and_is_complete_the_second_time() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    twilio.drops(twilio.joins(sid, "bob"))
    first, asked = await briefly(twilio, sid)
    assert (asked, names(first), first.complete) == (["connected"], ({"alice"}, None), False)
    deadline = room_deadline(twilio.rooms[sid], first)
    assert deadline is not None
    assert not deadline.certain, "bob may hold the room open for longer than alice"
    second, asked = await briefly(twilio, sid, first)
    assert (asked, names(second)[0], second.complete) == (["reconnecting", "connected"], {"alice", "bob"}, True)
    third, asked = await briefly(twilio, sid, second)
    assert third.complete
    assert "connected" in asked


@pytest.mark.parametrize("dropped", [False, True])
async def test_where_nobody_is_connected_not_even_a_look_in_brief_is_content_with_that(*, dropped: bool) -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    if dropped:
        twilio.drops(twilio.joins(sid, "alice"))
    roster, asked = await briefly(twilio, sid)
    assert asked == ["connected", "reconnecting", *([] if dropped else ["disconnected"])]
    assert (names(roster)[0], roster.complete) == ({"alice"} if dropped else set(), not dropped)


# A room that stays empty


def an_empty_room() -> tuple[ScriptedGateway, str]:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    twilio.leaves(twilio.joins(sid, "alice"))
    return twilio, sid


async def again(twilio: ScriptedGateway, sid: str, before: Roster, turns: Turns) -> tuple[Roster, list[str]]:
    """The next look, and what it asked."""
    asked = len(twilio.asked)
    roster = await read_roster(twilio, sid, twilio.time, before=before, still_empty=turns.next(sid))
    return roster, [ask.what.removeprefix("participants:") for ask in twilio.asked[asked:]]


async def test_a_room_that_stays_empty_costs_two_reads_a_look() -> None:
    twilio, sid = an_empty_room()
    turns = Turns()
    roster = await read_roster(twilio, sid, twilio.time)
    asked = []
    for _ in range(4):
        roster, questions = await again(twilio, sid, roster, turns)
        asked.append(questions)
        assert names(roster) == (set(), {"alice"})
    assert asked == [["connected", "disconnected"], ["connected", "reconnecting"]] * 2


async def test_what_is_not_known_to_be_empty_is_read_in_full() -> None:
    twilio, sid = an_empty_room()
    turns = Turns()
    for before in (None, Roster((), None, twilio.time.now())):
        asked = len(twilio.asked)
        await read_roster(twilio, sid, twilio.time, before=before, still_empty=turns.next(sid))
        assert len(twilio.asked) - asked == 3
    known = await read_roster(twilio, sid, twilio.time)
    asked = len(twilio.asked)
    await read_roster(twilio, sid, twilio.time, before=known, everybody=True, still_empty=turns.next(sid))
    assert len(twilio.asked) - asked == 3, "whoever looks closely sees everybody"


async def test_a_room_that_has_just_emptied_is_read_in_full() -> None:
    twilio = ScriptedGateway(VirtualTime())
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    roster = await read_roster(twilio, sid, twilio.time)
    twilio.drops(alice)
    roster, asked = await again(twilio, sid, roster, Turns())
    assert names(roster)[0] == {"alice"}
    assert asked == ["connected", "reconnecting", "disconnected"]


@pytest.mark.parametrize("passed", [0, 1])
@pytest.mark.parametrize("what", ["comes", "comes and goes", "comes and loses the connection"])
async def test_nobody_who_comes_is_missed_for_more_than_one_look(what: str, passed: int) -> None:
    twilio, sid = an_empty_room()
    turns = Turns()
    roster = await read_roster(twilio, sid, twilio.time)
    for _ in range(passed):
        roster, _ = await again(twilio, sid, roster, turns)
    bob = twilio.joins(sid, "bob")
    if what == "comes and goes":
        twilio.leaves(bob)
    elif what == "comes and loses the connection":
        twilio.drops(bob)
    for _ in range(2):
        roster, _ = await again(twilio, sid, roster, turns)
    present, gone = names(roster)
    assert (bob in {each.sid for each in roster.present}) is (what != "comes and goes"), present
    assert gone == ({"alice", "bob"} if what == "comes and goes" else {"alice"})


async def test_who_lost_the_connection_in_a_room_that_was_empty_stays_in_it_and_may_leave() -> None:
    twilio, sid = an_empty_room()
    turns = Turns()
    roster = await read_roster(twilio, sid, twilio.time)
    bob = twilio.joins(sid, "bob")
    twilio.drops(bob)
    for _ in range(4):
        roster, _ = await again(twilio, sid, roster, turns)
    assert names(roster) == ({"bob"}, {"alice"})
    twilio.leaves(bob)
    roster, _ = await again(twilio, sid, roster, turns)
    assert names(roster) == (set(), {"alice", "bob"})


async def test_every_room_has_turns_of_its_own() -> None:
    turns = Turns()
    first = turns.next("RM1")
    assert turns.next("RM2") is first
    assert turns.next("RM1") is not first
    turns.forget("RM1")
    turns.forget("RM2")
    assert turns.next("RM2") is first


# What is kept of it


def told(*people: Participant, gone_known: bool = True) -> Roster:
    """As Twilio tells of them in each answer: new objects, with their addresses."""
    url = "https://video.twilio.com/v1/Rooms/RM1/Participants/PA1"
    return roster(*(replace(each, url=url, links={"published_tracks": url}) for each in people), gone_known=gone_known)


def test_what_is_kept_of_a_roster_is_everything_but_addresses() -> None:
    people = participant("alice"), participant("bob", left=after(60))
    small = kept(replace(told(*people), lacking=ParticipantStatus.RECONNECTING), None)
    assert small == replace(roster(*people), lacking=ParticipantStatus.RECONNECTING)
    assert all(each.url is None and each.links is None for each in small.everybody)


@pytest.mark.parametrize("gone_known", [True, False])
def test_whoever_has_not_changed_stays_the_same_object(gone_known: bool) -> None:  # noqa: FBT001  # a column
    alice, bob = participant("alice"), participant("bob", left=after(60))
    before = kept(told(alice, bob, gone_known=gone_known), None)
    again = kept(replace(told(alice, bob, gone_known=gone_known), as_of=after(5)), before)
    assert again.as_of == after(5)
    assert again.present is before.present
    assert again.gone is before.gone


def test_whoever_has_changed_comes_or_goes_is_told_anew() -> None:
    alice, bob, carol = (participant(name) for name in ("alice", "bob", "carol"))
    before = kept(told(alice, bob), None)
    dropped = replace(bob, status="reconnecting")
    now = kept(told(alice, dropped, carol), before)
    assert now.present == (alice, dropped, carol)
    assert now.present[0] is before.present[0]
    left = replace(carol, status="disconnected")
    last = kept(told(left, alice), now)
    assert (last.present, last.gone) == ((alice,), (left,))
    assert last.present[0] is before.present[0]
