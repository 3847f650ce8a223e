"""The poller against the sandbox, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import EndingReason
from roomtui.twilio_api import sdk
from roomtui.watch.board import LinkState
from roomtui.watch.budget import Attention
from tests.watch.conftest import HOST_IS_BEHIND
from tests.watch.watching import Watch, seconds_between

if TYPE_CHECKING:
    from tests.watch.conftest import Twilio

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
def watch(twilio: Twilio) -> Watch:
    return Watch(twilio.gateway, twilio.clock, twilio.time)


async def goes_on(twilio: Twilio, watch: Watch, seconds: float) -> None:
    """Time passes, and then all is looked at that is worth it."""
    await twilio.advance(seconds)
    await watch.round()


# People come and go


async def test_a_room_appears_fills_empties_and_closes(twilio: Twilio, watch: Watch) -> None:
    await watch.round()
    assert watch.board.state.picture.live == {}
    assert watch.link is LinkState.LIVE
    await twilio.advance(2)
    sid = await twilio.create(UniqueName="talk")
    await watch.round()
    assert watch.live(sid).room.unique_name.raw == "talk"
    await goes_on(twilio, watch, 20)
    alice = await twilio.join(sid, "alice")
    await goes_on(twilio, watch, 20)
    await twilio.join(sid, "bob")
    await goes_on(twilio, watch, 20)
    assert set(watch.people(sid)) == {"alice", "bob"}
    await twilio.act(alice, "leave")
    await goes_on(twilio, watch, 20)
    assert set(watch.people(sid)) == {"bob"}
    await twilio.end(sid)
    await goes_on(twilio, watch, 2)
    assert not watch.is_live(sid)
    assert watch.events == [
        ("room-opened", "talk", None),
        ("participant-joined", "talk", "alice"),
        ("participant-joined", "talk", "bob"),
        ("participant-left", "talk", "alice"),
        ("room-ended", "talk", None),
    ]


async def test_who_loses_the_connection_stays_on_the_board_until_they_are_gone(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    bob = await twilio.join(sid, "bob")
    await watch.round()
    await twilio.act(bob, "drop")
    await goes_on(twilio, watch, 16)
    assert watch.people(sid) == {"alice": "connected", "bob": "reconnecting"}
    await goes_on(twilio, watch, 16)
    assert watch.people(sid) == {"alice": "connected"}
    assert watch.events[-1][0] == "participant-left"


async def test_a_room_made_again_under_its_name_is_told_so(twilio: Twilio, watch: Watch) -> None:
    first = await twilio.create(UniqueName="talk")
    await watch.round()
    await twilio.end(first)
    second = await twilio.create(UniqueName="talk")
    await goes_on(twilio, watch, 2)
    assert {kind for kind, _, _ in watch.events} == {"room-ended", "room-recreated"}
    assert not watch.is_live(first)
    assert watch.is_live(second)


async def test_rooms_of_several_pages_are_each_there_once(
    twilio: Twilio, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 3)
    sids = [await twilio.create() for _ in range(10)]
    await watch.round()
    assert sorted(watch.board.state.picture.live) == sorted(sids)
    assert watch.board.state.picture.unread == 0


# Deadlines that come true


async def told_before_the_end(twilio: Twilio, watch: Watch, sid: str, *, just_before: float) -> tuple[str, float]:
    """Which rule the board named before it struck, and how far from the truth its instant was."""
    await goes_on(twilio, watch, just_before)
    kind, at, certain = watch.deadline(sid)
    assert certain
    assert watch.live(sid).deadline.seconds_left(twilio.clock.now()) > 0  # type: ignore[union-attr] # just read
    await goes_on(twilio, watch, 30)
    assert not watch.is_live(sid)
    return kind, seconds_between(at, (await twilio.truth(sid))["end_time"])


@pytest.mark.parametrize("minutes", [1, 5, 60])
async def test_a_room_nobody_came_to_closes_when_it_was_said_to(twilio: Twilio, watch: Watch, minutes: int) -> None:
    sid = await twilio.create(UnusedRoomTimeout=str(minutes))
    await watch.round()
    rule, off = await told_before_the_end(twilio, watch, sid, just_before=minutes * 60 - 10)
    assert (rule, watch.ended(sid).ending.reason) == ("unused-room-timeout", EndingReason.UNUSED_ROOM)
    assert off <= 1
    assert watch.ended(sid).ending.certain


@pytest.mark.parametrize("minutes", [1, 5, 60])
async def test_a_room_that_empties_closes_when_it_was_said_to(twilio: Twilio, watch: Watch, minutes: int) -> None:
    sid = await twilio.create(EmptyRoomTimeout=str(minutes))
    alice = await twilio.join(sid, "alice")
    bob = await twilio.join(sid, "bob")
    await goes_on(twilio, watch, 100)
    await twilio.act(alice, "leave")
    await goes_on(twilio, watch, 100)
    await twilio.act(bob, "leave")
    rule, off = await told_before_the_end(twilio, watch, sid, just_before=minutes * 60 - 10)
    assert (rule, watch.ended(sid).ending.reason) == ("empty-room-timeout", EndingReason.EMPTY_ROOM)
    assert off <= 1
    assert watch.ended(sid).ending.certain


async def test_a_room_that_lives_for_a_day_closes_when_it_was_said_to(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create(MaxParticipantDuration="86400")
    await twilio.join(sid, "alice")
    await watch.round()
    rule, off = await told_before_the_end(twilio, watch, sid, just_before=DAY - 10)
    assert (rule, watch.ended(sid).ending.reason) == ("max-room-duration", EndingReason.MAX_ROOM)
    assert off <= 1


async def test_a_room_whose_last_participant_reaches_the_limit_closes_when_it_was_said_to(
    twilio: Twilio, watch: Watch
) -> None:
    sid = await twilio.create(MaxParticipantDuration="600", EmptyRoomTimeout="3")
    await twilio.join(sid, "alice")
    await goes_on(twilio, watch, 60)
    await twilio.join(sid, "bob")
    await goes_on(twilio, watch, 500)
    kind, first_told, certain = watch.deadline(sid)
    assert (kind, certain) == ("max-participant-duration", True)
    await goes_on(twilio, watch, 105)
    rule, off = await told_before_the_end(twilio, watch, sid, just_before=170)
    assert rule == "empty-room-timeout"
    assert off <= 1
    assert seconds_between(first_told, (await twilio.truth(sid))["end_time"]) <= 1, "said five minutes before, too"
    assert watch.ended(sid).ending.reason is EndingReason.EMPTY_ROOM


async def test_an_ad_hoc_room_closes_with_its_last_participant(twilio: Twilio, watch: Watch) -> None:
    alice = await twilio.join("ad-hoc", "alice")
    await watch.round()
    [sid] = watch.board.state.picture.live
    await goes_on(twilio, watch, 60)
    await twilio.act(alice, "leave")
    await goes_on(twilio, watch, 2)
    assert not watch.is_live(sid)
    assert watch.ended(sid).ending.reason is EndingReason.EMPTY_ROOM


async def test_a_deadline_moves_when_somebody_comes(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create(UnusedRoomTimeout="2")
    await watch.round()
    assert watch.deadline(sid)[0] == "unused-room-timeout"
    await goes_on(twilio, watch, 100)
    await twilio.join(sid, "alice")
    await goes_on(twilio, watch, 10)
    assert watch.deadline(sid)[0] == "max-participant-duration"
    await goes_on(twilio, watch, 600)
    assert watch.is_live(sid)


# How it ended


async def test_a_room_that_we_end_is_told_to_be_our_doing(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await watch.round()
    await twilio.gateway.end_room(sid)
    watch.poller.ended_by_us(sid)
    watch.poller.look_at(sid)
    await watch.published()
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_US


async def test_a_room_that_another_client_ends_is_told_so(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create(UniqueName="talk")
    await twilio.join(sid, "alice")
    await goes_on(twilio, watch, 60)
    await twilio.end(sid)
    await goes_on(twilio, watch, 2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS
    assert [each.identity.raw for each in watch.ended(sid).roster.gone or ()] == ["alice"]  # type: ignore[union-attr] # it was read


async def test_an_unused_room_that_another_client_ends_is_told_so(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await goes_on(twilio, watch, 60)
    await twilio.end(sid)
    await goes_on(twilio, watch, 2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS


async def test_a_room_that_fails_is_told_so(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await watch.round()
    await twilio.control("POST", f"/rooms/{sid}/fail")
    await goes_on(twilio, watch, 2)
    assert watch.ended(sid).ending.reason is EndingReason.FAILED


async def test_ended_rooms_are_forgotten_after_half_an_hour(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await watch.round()
    await twilio.end(sid)
    await goes_on(twilio, watch, 2)
    assert watch.ended(sid).room.sid == sid
    await goes_on(twilio, watch, 31 * 60)
    assert watch.board.state.picture.ended == ()
    assert [kind for kind, _, _ in watch.events] == ["room-ended"]


# Trouble


@pytest.mark.parametrize("fault", ["429", "500", "503", "auth", "html", "malformed", "reset", "truncated"])
async def test_whatever_goes_wrong_is_told_and_the_picture_kept_until_it_goes_right(
    twilio: Twilio, watch: Watch, fault: str
) -> None:
    sid = await twilio.create(UniqueName="talk")
    await twilio.join(sid, "alice")
    await watch.round()
    picture = watch.board.state.picture
    await twilio.advance(20)
    await twilio.fault(fault, Rate="1")
    await watch.round()
    link = watch.board.state.link
    assert link.state is LinkState.TROUBLE
    assert link.trouble
    assert link.trouble.isprintable()
    assert twilio.sandbox.credentials.api_secret not in link.trouble
    assert link.next_try is not None
    assert link.next_try > twilio.clock.now()
    assert watch.schedule.put_off_by == [2.0]
    assert watch.board.state.picture is picture
    await twilio.control("DELETE", "/faults")
    await watch.round()
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, None)
    assert watch.board.state.picture.as_of != picture.as_of
    assert set(watch.people(sid)) == {"alice"}


async def test_a_list_that_breaks_off_after_its_first_page_loses_no_room(
    twilio: Twilio, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 2)
    sids = [await twilio.create() for _ in range(5)]
    await watch.round()
    await twilio.fault("auth", Rate="0.5", Path="/v1/Rooms")
    pages: list[int] = []
    for _ in range(20):
        asked = twilio.reads
        await watch.poller.look_at_rooms()
        if watch.board.state.link.state is LinkState.TROUBLE:
            pages.append(twilio.reads - asked)
        assert sorted(watch.board.state.picture.live) == sorted(sids)
        assert all(live.listed for live in watch.board.state.picture.live.values())
    assert set(pages) == {1, 2, 3}, "it broke off at each of its pages"


async def test_a_countdown_does_not_go_by_the_hosts_clock(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create(UnusedRoomTimeout="1")
    await watch.round()
    deadline = watch.live(sid).deadline
    assert deadline is not None
    assert 58 <= deadline.seconds_left(twilio.clock.now()) <= 61
    skew = twilio.clock.skew()
    assert skew is not None
    assert skew < -HOST_IS_BEHIND.total_seconds() / 2


# What is read


async def test_in_a_quiet_world_a_round_costs_the_list_and_one_read_for_each_stale_room_once_all_are_known(
    twilio: Twilio, watch: Watch
) -> None:
    sids = [await twilio.create() for _ in range(10)]
    for sid in sids:
        await twilio.join(sid, "alice")
    await watch.round()
    assert twilio.reads == 21
    await goes_on(twilio, watch, 2)
    assert twilio.reads == 22
    watch.poller.attend(Attention(None, frozenset(sids[:3])))
    await goes_on(twilio, watch, 2)
    assert twilio.reads == 27, "those on screen are read after four seconds, and the recording rules of one of them"
    await goes_on(twilio, watch, 12)
    assert twilio.reads == 39


async def test_the_selected_room_is_fetched_and_everybody_in_it_told(twilio: Twilio, watch: Watch) -> None:
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.act(await twilio.join(sid, "bob"), "leave")
    await twilio.act(await twilio.join(sid, "carla"), "drop")
    watch.poller.attend(Attention(sid, frozenset({sid})))
    await watch.round()
    roster = watch.live(sid).roster
    assert roster is not None
    assert {each.identity.raw: each.status for each in roster.everybody} == {
        "alice": "connected",
        "bob": "disconnected",
        "carla": "reconnecting",
    }


async def test_no_more_is_asked_at_once_than_the_budget_has(twilio: Twilio) -> None:
    watch = Watch(twilio.gateway, twilio.clock, twilio.time, promise=5)
    for _ in range(10):
        await twilio.create()
    await watch.poller.look_at_rooms()
    watch.budget.spend(twilio.time.monotonic())
    watch.poller.look_closer()
    assert len(watch.poller._looks.under_way) == 1, "half of what may go out goes at once"
    await watch.poller.settled()
