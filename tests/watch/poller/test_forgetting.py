"""Whoever watches for weeks sees thousands of rooms end: nothing of one that has ended may be kept for ever."""

from __future__ import annotations

import gc
from collections import deque
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.twilio_api.errors import Unreachable
from roomtui.watch.board import Board, BoardState
from roomtui.watch.budget import Attention
from roomtui.watch.witness import Witness
from roomtui.watch.worth import Rota
from tests.rooms.builders import room as a_room
from tests.watch.scripted import ScriptedGateway, not_found
from tests.watch.virtual import NOON, idle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.watch.watching import Watch

_HOLD: tuple[type, ...] = (dict, list, set, frozenset, tuple, deque, MappingProxyType)
_FORGOTTEN_AFTER = 31 * 60.0
"""Seconds after which an ended room is not on the board any more."""


def remembered(root: object, sids: Iterable[str]) -> set[str]:
    """Those of these SIDs that stand anywhere in what `root` holds, all that it is made of included.

    But for the reading order, whose queues drop what does not hold any more when they have grown to twice what does.
    """
    wanted = set(sids)
    found: set[str] = set()
    seen: set[int] = set()
    left = [root]
    while left:
        each = left.pop()
        if isinstance(each, str):
            if each in wanted:
                found.add(each)
        elif id(each) not in seen and not isinstance(each, (type, Rota)):
            seen.add(id(each))
            if isinstance(each, _HOLD) or type(each).__module__.startswith("roomtui."):
                left += gc.get_referents(each)
            if isinstance(each, dict):
                left += each  # keys that are strings are no referents: the collector need not see them
    return found


def gives_up(watch: Watch, twilio: ScriptedGateway, sid: str) -> None:
    """The room left the list, and how it ended will not be known."""
    twilio.vanishes(sid)
    watch.poller._known.unlisted(sid)
    watch.poller._known.give_up(sid, watch.time.seconds)


async def left_of(watch: Watch, twilio: ScriptedGateway, *sids: str) -> set[str]:
    """Those that are remembered when the room is not on the board any more, and another one has been looked at."""
    other = twilio.opens("another")
    watch.poller.attend(Attention(other, frozenset({other}), detail=True))
    await watch.later(_FORGOTTEN_AFTER)
    await watch.later()
    # The latest events are kept, whatever they are about.
    watch.board.restore(BoardState(watch.board.state.picture))
    return remembered(watch.poller, sids)


async def test_of_a_room_that_lived_and_ended_nothing_is_left(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    alice = twilio.joins(sid, "alice")
    watch.poller.attend(Attention(sid, frozenset({sid}), detail=True))
    await watch.later()
    twilio.leaves(alice)
    for _ in range(4):
        await watch.later(5)
    assert remembered(watch.poller, {sid, alice}) == {sid, alice}
    twilio.ends(sid)
    await watch.later()
    assert not watch.is_live(sid)
    assert await left_of(watch, twilio, sid, alice) == set()


async def test_of_a_room_of_which_twilio_knows_nothing_any_more_nothing_is_left(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.vanishes(sid)
    for _ in range(3):
        await watch.later()
    assert not watch.is_live(sid)
    assert await left_of(watch, twilio, sid) == set()


@pytest.mark.parametrize("trouble", [Unreachable("There is no answer."), not_found(), ValueError("a bug")])
async def test_of_a_room_that_was_given_up_while_it_was_looked_at_nothing_is_left(
    twilio: ScriptedGateway, watch: Watch, trouble: Exception
) -> None:
    """Where very many end at once it is not asked how the first of them did: a look may be under way just then."""
    first = twilio.opens("talk")
    await watch.round()
    twilio.before["participants:connected"] = lambda: gives_up(watch, twilio, first)
    twilio.trouble["participants"] = trouble
    watch.poller._looks.begin(first)
    await watch.poller.settled()
    assert not twilio.before
    twilio.trouble.clear()
    assert await left_of(watch, twilio, first) == set()


async def test_of_a_room_that_was_given_up_while_it_was_fetched_nothing_is_left(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    held = twilio.hold("room")
    watch.poller._known.unlisted(sid)
    watch.poller._looks.begin(sid)
    await idle()
    gives_up(watch, twilio, sid)
    twilio.hidden.clear()
    held.set()
    await watch.poller.settled()
    assert await left_of(watch, twilio, sid) == set()


async def test_of_rules_that_are_refused_because_the_room_has_ended_nothing_is_left(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    watch.poller.attend(Attention(sid, frozenset({sid})))
    await watch.round()
    twilio.time.seconds += 60
    twilio.before["rules"] = lambda: gives_up(watch, twilio, sid)
    watch.poller.look_closer()
    await watch.poller.settled()
    assert not twilio.before
    assert await left_of(watch, twilio, sid) == set()


# What the board has seen


def named(number: int) -> LiveRoom:
    return LiveRoom.known(a_room(f"room {number}", sid=f"RM{number:032x}", created=NOON), None)


def picture(*live: LiveRoom, ended: tuple[EndedRoom, ...] = ()) -> Picture:
    return Picture(MappingProxyType({each.room.sid: each for each in live}), ended, NOON)


def test_a_room_that_went_without_a_word_has_no_namesakes_any_more() -> None:
    board = Board()
    witness = Witness(board, heard=lambda _: None)
    one, other = named(1), named(2)
    board.show(picture(one, other))
    board.show(picture(other), changed=frozenset({one.room.sid}))
    assert remembered(witness.namesakes, {one.room.sid, other.room.sid}) == {other.room.sid}
    board.restore(BoardState())
    assert remembered(witness.namesakes, {one.room.sid, other.room.sid}) == set()


def test_a_room_that_was_seen_to_end_keeps_its_namesakes() -> None:
    board = Board()
    witness = Witness(board, heard=lambda _: None)
    one = named(1)
    board.show(picture(one))
    ended = EndedRoom(one.room, None, Ending(EndingReason.UNKNOWN, certain=False), NOON + timedelta(minutes=1))
    board.show(picture(ended=(ended,)), changed=frozenset({one.room.sid}))
    assert remembered(witness.namesakes, {one.room.sid}) == {one.room.sid}
