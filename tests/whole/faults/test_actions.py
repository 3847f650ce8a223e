"""What is done while Twilio fails: told by what became of it, and written down before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.untrusted import safe
from roomtui.watch.actions import EndOutcome
from tests.whole.faults import bends
from tests.whole.faults.bends import refuses
from tests.whole.faults.middle import pass_on
from tests.whole.faults.watch import watching

if TYPE_CHECKING:
    from pathlib import Path

    from tests.whole.faults.middle import Bend, Exchange
    from tests.whole.faults.watch import Watch


def of_ends(bend: Bend) -> Bend:
    """Bend the answers to what changes something; reads go well."""

    async def answer(exchange: Exchange) -> None:
        await (pass_on if exchange.request.method == "GET" else bend)(exchange)

    return answer


async def done_and_reset(exchange: Exchange) -> None:
    """Twilio did it, and the answer is lost."""
    await exchange.truth()
    exchange.reset()


async def done_and_silent(exchange: Exchange) -> None:
    await exchange.truth()
    await exchange.hang()


async def done_and_broken_off(exchange: Exchange) -> None:
    await bends.half(exchange)


async def done_and_told_in_html(exchange: Exchange) -> None:
    await exchange.truth()
    await bends.page(502, "502 Bad Gateway")(exchange)


LOST = (done_and_reset, done_and_silent, done_and_broken_off, done_and_told_in_html)
NOT_DONE = {
    "500": (refuses(500, 20500, "Internal Server Error"), "trouble of its own (error 20500)", "no-answer"),
    "reset-before": (bends.reset, "127.0.0.1", "no-answer"),
    "html": (bends.page(200, "Welcome to the hotel"), "answered with HTML", "no-answer"),
    "401": (refuses(401, 20003, "Authenticate"), "refused the credentials (error 20003)", "refused"),
    "403": (refuses(403, 20403, "Forbidden"), "refused the credentials (error 20403)", "refused"),
}


def audit(watch: Watch) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in watch.journal.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["kind"] == "audit"]


async def end(watch: Watch, bend: Bend) -> EndOutcome | str:
    """End the room with bob in it, with a key press's worth of patience; what came of it, or what was said."""
    for _ in range(3):
        await watch.second()
    session = watch.app.session
    assert session is not None
    await watch.middle.become(of_ends(bend))
    try:
        result = await watch.through(session.actions.end_room(watch.town.pair.sid, even_if_occupied=True))
    except Exception as error:  # noqa: BLE001 # whatever is raised is said
        return str(error)
    return result.outcome


@pytest.mark.parametrize("bend", LOST, ids=lambda bend: bend.__name__)
async def test_an_end_whose_answer_is_lost_is_found_to_be_done(bend: Bend, tmp_path: Path) -> None:
    async with watching(tmp_path) as watch:
        assert await end(watch, bend) is EndOutcome.ENDED
        assert not watch.town.pair.is_live
        before, after = audit(watch)
    assert (before["phase"], before["people"], after["phase"], after["outcome"]) == ("before", 1, "after", "ended")
    assert before["id"] == after["id"]


@pytest.mark.parametrize(("bend", "said", "outcome"), NOT_DONE.values(), ids=list(NOT_DONE))
async def test_an_end_that_was_not_done_is_not_told_as_done(
    bend: Bend, said: str, outcome: str, tmp_path: Path
) -> None:
    async with watching(tmp_path) as watch:
        told = await end(watch, bend)
        assert isinstance(told, str)
        assert said in told
        assert safe(told) == told
        assert watch.town.pair.is_live
        if outcome == "no-answer":
            assert "may or may not" in told
        before, after = audit(watch)
        assert (before["phase"], after["phase"], after["outcome"]) == ("before", "after", outcome)
        assert not any(secret in watch.journal.read_text(encoding="utf-8") for secret in watch.secrets)


async def test_a_key_that_is_revoked_between_the_look_and_the_end_ends_nothing(tmp_path: Path) -> None:
    async with watching(tmp_path) as watch:
        for _ in range(3):
            await watch.second()
        session = watch.app.session
        assert session is not None
        revoked = refuses(401, 20003, "Authenticate")
        await watch.middle.become(of_ends(revoked))
        with pytest.raises(Exception, match="refused the credentials"):
            await watch.through(session.actions.end_room(watch.town.quiet.sid, even_if_occupied=True))
        await watch.middle.become(revoked)
        for _ in range(4):
            shown = await watch.second()
        assert "refused the credentials" in shown.banner
        assert watch.town.quiet.is_live
        assert [line["phase"] for line in audit(watch)] == ["before", "after"]
