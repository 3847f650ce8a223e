"""Trouble on the way: what passes is waited out, and one tells where another does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.calls import CallStatus
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import CredentialsRefused, Throttled, TwilioError, Unreachable
from roomtui.watch.actions import DialStage
from tests.watch.deeds import Desk, refused
from tests.watch.dialling.phone import ANSWERED, PHONE, RINGING, STAGES, Phone, stages


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("no answer."),
        Throttled(status=429, code=20429, message=Untrusted("Slow")),
        refused(20404, 404),
        CredentialsRefused(status=401, code=20003, message=Untrusted("Authenticate")),
    ],
    ids=["no answer", "429", "404", "401"],
)
async def test_passing_trouble_is_waited_out(phone: Phone, error: TwilioError) -> None:
    phone.is_(RINGING, at=2)
    phone.trouble("call", error, since=3, until=100)
    phone.is_(ANSWERED, at=50)
    phone.joins(PHONE, at=51)
    assert stages(await phone.told()) == [*STAGES, DialStage.IN_THE_ROOM]


async def test_trouble_with_the_room_alone_is_waited_out(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=6)
    phone.trouble("participants", Unreachable("no answer."), since=5, until=30)
    assert stages(await phone.told()) == [*STAGES, DialStage.IN_THE_ROOM]


async def test_twilios_wish_for_peace_is_respected(phone: Phone) -> None:
    slow = Throttled(status=429, code=20429, message=Untrusted("Slow"), retry_after=30)
    phone.trouble("call", slow, since=1, until=10)
    phone.is_(CallStatus.BUSY, at=5)
    await phone.told()
    assert phone.desk.waited == [1.0, 30.0]


async def test_trouble_that_does_not_pass_ends_the_following(phone: Phone) -> None:
    phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.NOT_IN_THE_ROOM]
    assert steps[-1].sentence == "no answer. It is not known what became of the call."
    assert sum(phone.desk.waited) == pytest.approx(122, abs=2)


@pytest.mark.parametrize("mute", [True, False], ids=["no answer", "no status"])
async def test_the_room_tells_where_the_call_does_not(phone: Phone, mute: bool) -> None:  # noqa: FBT001 - a case
    if mute:
        phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    else:
        phone.is_("parked", at=3)
    phone.joins(PHONE, at=7)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.IN_THE_ROOM]
    assert steps[-1].participant is not None


async def test_neither_call_nor_room_tell(phone: Phone) -> None:
    phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    phone.trouble("participants", Unreachable("none either"), since=3, until=1000)
    assert (await phone.told())[-1].sentence == "no answer. It is not known what became of the call."


@settings(max_examples=40)
@given(
    seconds=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    trouble=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=3),
    identity=st.sampled_from(["", "joan"]),
)
async def test_whatever_the_timing_the_stages_come_in_order_and_the_phone_is_found(
    seconds: list[int],
    trouble: list[tuple[int, int]],
    identity: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    phone = Phone(Desk(tmp_path_factory.mktemp("dial") / "journal.jsonl"))
    at = 0.0
    for wait, status in zip(seconds, (CallStatus.INITIATED, RINGING, ANSWERED), strict=False):
        at += wait
        phone.is_(status, at=at)
    phone.joins(identity or PHONE, at=at + seconds[3])
    for since, length in trouble:
        phone.desk.after(since, lambda: phone.twilio.trouble.update(call=Unreachable("no answer")))
        phone.desk.after(since + length, lambda: phone.twilio.trouble.pop("call", None))
    told = stages(await phone.told(identity))
    assert told[0] is DialStage.PLACED
    assert told[-1] is DialStage.IN_THE_ROOM
    assert told[1:-1] == [stage for stage in STAGES[1:] if stage in told]
    assert [line["phase"] for line in phone.desk.lines()] == ["before", "placed", "after"]
