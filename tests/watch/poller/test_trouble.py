"""What fails: it is told, keeps the picture, and passes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import (
    Broken,
    CredentialsRefused,
    ForeignHost,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
    Unreachable,
)
from roomtui.watch.board import LinkState
from roomtui.watch.budget import Attention
from tests.watch.scripted import ScriptedGateway, not_found

if TYPE_CHECKING:
    from tests.watch.watching import Watch

TROUBLES = [
    Unreachable("nothing answers"),
    NotTwilio("this is HTML"),
    ForeignHost("another host"),
    Refused(status=400, code=20001, message=Untrusted("bad \x1b[31m")),
    CredentialsRefused(status=401, code=20003, message=Untrusted("Authenticate")),
    not_found(),
    Throttled(status=429, code=20429, message=Untrusted("")),
    Broken(status=503, code=None, message=Untrusted("")),
    TwilioError("something else"),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: type(each).__name__)
async def test_every_trouble_is_told_keeps_the_picture_and_passes(
    twilio: ScriptedGateway, watch: Watch, trouble: TwilioError
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    picture = watch.board.state.picture
    twilio.trouble["rooms"] = trouble
    await watch.later(2)
    link = watch.board.state.link
    assert (link.state, link.trouble) == (LinkState.TROUBLE, trouble.sentence)
    assert link.next_try is not None
    assert (link.next_try - twilio.time.now()).total_seconds() == watch.schedule.put_off_by[-1] == 2.0
    assert watch.board.state.picture is picture
    twilio.trouble.clear()
    await watch.later(2)
    assert (watch.link, watch.board.state.link.trouble, watch.board.state.link.next_try) == (LinkState.LIVE, None, None)
    assert watch.is_live(sid)


@pytest.mark.parametrize("first", [True, False])
async def test_a_list_that_does_not_come_is_told_before_it_is_given_up(
    twilio: ScriptedGateway, watch: Watch, *, first: bool
) -> None:
    if not first:
        await watch.round()
    state = LinkState.CONNECTING if first else LinkState.LIVE
    gate = twilio.hold("rooms")
    listing = asyncio.create_task(watch.poller.look_at_rooms())
    for seconds, told in ((4.9, None), (0.2, "The rooms list, asked for more than 5 s ago, has not come yet")):
        await asyncio.sleep(0)
        twilio.time.seconds += seconds
        watch.poller.look_closer()
        assert (watch.link, watch.board.state.link.trouble) == (state, told)
    gate.set()
    await listing
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, None)


async def test_trouble_before_the_first_list_is_told_as_well(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    await watch.poller.look_at_rooms()
    assert watch.link is LinkState.TROUBLE
    assert watch.board.state.picture.as_of is None


async def test_a_fault_of_our_own_is_told_too(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    watch.poller.attend(Attention(sid, frozenset()))
    twilio.trouble["participants"] = OverflowError("date value out of range")
    await watch.later(2)
    assert "OverflowError" in (watch.board.state.link.trouble or "")
    twilio.trouble = {"rooms": OverflowError("date value out of range")}
    await watch.later(2)
    assert watch.link is LinkState.TROUBLE
    assert "OverflowError" in (watch.board.state.link.trouble or "")
    twilio.trouble.clear()
    await watch.later(2)
    assert watch.board.state.link.trouble is None


async def test_the_waits_grow_and_are_bounded_and_begin_anew(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    for _ in range(400):
        await watch.poller.look_at_rooms()
    waits = watch.schedule.put_off_by
    assert waits[:6] == [2, 4, 8, 16, 30, 30]
    assert set(waits[6:]) == {30}
    twilio.trouble.clear()
    await watch.poller.look_at_rooms()
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    await watch.poller.look_at_rooms()
    assert watch.schedule.put_off_by[-1] == 2


async def test_twilios_own_wish_for_peace_is_told_and_kept(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Throttled(status=429, code=20429, message=Untrusted(""), retry_after=90.0)
    await watch.poller.look_at_rooms()
    assert watch.schedule.put_off_by == [90.0]
    next_try = watch.board.state.link.next_try
    assert next_try is not None
    assert (next_try - twilio.time.now()).total_seconds() == 90


async def test_no_roster_is_read_before_the_next_try(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.opens("talk")
    await watch.round()
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    watch.time.seconds += 60
    asked = len(twilio.asked)
    await watch.round()
    assert [ask.what for ask in twilio.asked[asked:]] == ["rooms"]
    twilio.trouble.clear()
    await watch.round()
    assert twilio.asked[-1].what.startswith("participants")


async def test_a_roster_that_fails_keeps_what_was_known_and_is_not_asked_again_at_once(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    await watch.round()
    roster = watch.live(sid).roster
    twilio.trouble["participants"] = Broken(status=500, code=None, message=Untrusted(""))
    await watch.later(16)
    asked = twilio.count("participants", sid)
    await watch.closer()
    assert twilio.count("participants", sid) == asked
    assert watch.live(sid).roster is roster
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, None)


async def test_a_selected_room_that_cannot_be_read_is_told(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    watch.poller.attend(Attention(sid, frozenset({sid})))
    await watch.round()
    twilio.trouble["participants"] = Unreachable("nothing answers")
    await watch.later(3)
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, "nothing answers")
    twilio.trouble.clear()
    await watch.later(3)
    assert watch.board.state.link.trouble is None
