"""The same with the sandbox's own phones, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.watch.actions import Actions, Dialling, DialStage
from roomtui.watch.journal import Journal
from tests.watch.deeds import CONTEXT
from tests.watch.virtual import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from roomtui.watch.actions import DialStep
    from tests.watch.conftest import Twilio
from tests.watch.dialling.phone import STAGES, THEM, US, stages


async def dialled(twilio: Twilio, path: Path, identity: str = "", **manner: str) -> list[DialStep]:
    """The steps of a call into a new room of the sandbox, whose clock goes on while we wait."""
    if manner:
        await twilio.control("POST", "/numbers", Number=THEM, **manner)
    await twilio.join(await twilio.create(UniqueName="Board & <Co>"), "alice")
    actions = Actions(
        twilio.gateway,
        Journal(path),
        twilio.clock,
        context=CONTEXT,
        sleep=twilio.advance,
        monotonic=twilio.time.monotonic,
    )
    room = (await actions.look("Board & <Co>")).room
    return [step async for step in actions.dial(Dialling(room, THEM, US, identity, "Goodbye."))]


@pytest.mark.parametrize("identity", ["", "b\"o'b <&>"])
async def test_the_sandboxs_phone_rings_is_answered_and_comes_into_the_room(
    twilio: Twilio, tmp_path: Path, identity: str
) -> None:
    steps = await dialled(twilio, tmp_path / "journal.jsonl", identity)
    assert stages(steps) == [*STAGES, DialStage.IN_THE_ROOM]
    last = steps[-1]
    assert last.participant is not None
    assert last.call is not None
    assert last.participant.identity.raw == identity or last.participant.identity.raw.startswith(f"{THEM}-")
    truth = await twilio.control("GET", f"/calls/{last.call.sid}")
    assert truth["participant_sid"] == last.participant.sid


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed", "reject"])
async def test_the_sandboxs_phone_that_does_not_come_says_why(twilio: Twilio, tmp_path: Path, behaviour: str) -> None:
    last = (await dialled(twilio, tmp_path / "journal.jsonl", Behaviour=behaviour))[-1]
    assert last.stage is DialStage.NOT_IN_THE_ROOM
    assert last.call is not None
    assert last.call.is_over
    assert len(last.sentence) > 10


async def test_the_sandboxs_call_whose_answer_breaks_off_is_found_and_followed(twilio: Twilio, tmp_path: Path) -> None:
    await twilio.fault("truncated", Count="1", Path=f"/2010-04-01/Accounts/{twilio.sandbox.credentials.account_sid}")
    steps = await dialled(twilio, tmp_path / "journal.jsonl")
    assert "no clear answer" in steps[0].sentence
    assert stages(steps) == [*STAGES, DialStage.IN_THE_ROOM]
    assert steps[0].call is not None
    calls = await twilio.gateway.calls_to(THEM, since=NOON)
    assert [call.sid for call in calls] == [steps[0].call.sid], "a phone is never called twice"
