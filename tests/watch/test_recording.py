from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Refused, TwilioError, Unreachable
from roomtui.twilio_api.media import rule_to_api
from roomtui.watch.actions import Actions, ReadOnlyError, RecordOutcome
from roomtui.watch.journal import Journal, JournalError
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.watch.conftest import Twilio

CUSTOM = (
    RecordingRule(type="include", all=True),
    RecordingRule(type="exclude", kind="video", publisher=Untrusted("bob")),
    RecordingRule(type="exclude", track=Untrusted("screen")),
)
both_ways = pytest.mark.parametrize("on", [True, False], ids=["start", "stop"])


def wanted(on: bool) -> tuple[RecordingRule, ...]:  # noqa: FBT001  # it is the one thing it is about
    return EVERYTHING if on else NOTHING


def a_room(desk: Desk, rules: tuple[RecordingRule, ...]) -> str:
    sid = desk.twilio.opens("Board & Co")
    desk.twilio.joins(sid, "alice")
    desk.twilio.rules[sid] = rules
    return sid


@both_ways
@pytest.mark.parametrize("filters", [{"more": {"region": "us1"}}, {"kind": "screen"}], ids=["unknown", "known"])
async def test_a_rule_for_all_that_something_narrows_is_not_for_all(
    desk: Desk,
    on: bool,  # noqa: FBT001  # a column
    filters: dict[str, Any],
) -> None:
    narrowed = RecordingRule(type="include" if on else "exclude", all=True, **filters)
    sid = a_room(desk, (*wanted(not on), narrowed))
    assert (await desk.actions.record(sid, on=on)).outcome is RecordOutcome.DONE
    assert desk.lines()[0]["rules_before"][1] == rule_to_api(narrowed)


@both_ways
@pytest.mark.parametrize("before", [CUSTOM, None], ids=["custom", "the other way"])
async def test_recording_is_set_and_read_again(
    desk: Desk,
    on: bool,  # noqa: FBT001  # a column
    before: tuple[RecordingRule, ...] | None,
) -> None:
    sid = a_room(desk, wanted(not on) if before is None else before)
    result = await desk.actions.record(sid, on=on)
    assert (result.outcome, result.rules.rules, result.unwritten) == (RecordOutcome.DONE, wanted(on), None)
    assert desk.twilio.rules[sid] == wanted(on)
    assert desk.twilio.count("set-rules") == 1
    assert desk.twilio.asked[-1].what == "rules", "the answer is verified by a fetch"


@pytest.mark.parametrize(
    ("on", "rules"),
    [(True, EVERYTHING), (True, NOTHING + EVERYTHING), (False, NOTHING), (False, ()), (False, CUSTOM + NOTHING)],
)
async def test_what_is_so_already_is_left_alone(
    desk: Desk,
    on: bool,  # noqa: FBT001  # a column
    rules: tuple[RecordingRule, ...],
) -> None:
    sid = a_room(desk, rules)
    result = await desk.actions.record(sid, on=on)
    assert (result.outcome, result.rules.rules) == (RecordOutcome.WAS_SO_BEFORE, rules)
    assert (desk.twilio.count("set-rules"), desk.lines()) == (0, [])


async def test_the_journal_keeps_the_rules_that_were_replaced(desk: Desk) -> None:
    sid = a_room(desk, CUSTOM)
    await desk.actions.record(sid, on=False)
    before, after = desk.lines()
    common = {
        **CONTEXT,
        "kind": "audit",
        "action": "stop-recording",
        "at": desk.time.now().isoformat(),
        "id": before["id"],
        "room_sid": sid,
        "room_name": "Board & Co",
        "people": 1,
        "rules_before": [
            {"type": "include", "all": True},
            {"type": "exclude", "kind": "video", "publisher": "bob"},
            {"type": "exclude", "track": "screen"},
        ],
    }
    assert before == {**common, "phase": "before"}
    assert after == {**common, "phase": "after", "outcome": "done", "answer": "off", "request_id": "RQ1"}
    await desk.actions.record(sid, on=True)
    assert [line["action"] for line in desk.lines()[2:]] == ["start-recording"] * 2


async def test_a_fresh_read_is_urgent(desk: Desk) -> None:
    sid = a_room(desk, CUSTOM)
    assert (await desk.actions.recording(sid)).rules == CUSTOM
    assert desk.twilio.asked[-1].urgent, "a person waits for it"


@both_ways
async def test_a_refusal_is_told_and_written_down(desk: Desk, on: bool) -> None:  # noqa: FBT001  # a column
    sid = a_room(desk, wanted(not on))
    desk.twilio.trouble["set-rules"] = answer = refused(53122)
    with pytest.raises(Refused) as told:
        await desk.actions.record(sid, on=on)
    assert told.value is answer
    assert desk.lines()[1]["outcome"] == "refused"


@no_clear_answer
@both_ways
async def test_no_clear_answer_is_a_change_once_the_rules_are_seen_to_have_changed(
    desk: Desk,
    on: bool,  # noqa: FBT001  # a column
    trouble: TwilioError,
) -> None:
    sid = a_room(desk, wanted(not on))
    desk.twilio.before["set-rules"] = lambda: desk.after(1, lambda: desk.twilio.rules.update({sid: wanted(on)}))
    desk.twilio.trouble["set-rules"] = trouble
    result = await desk.actions.record(sid, on=on)
    assert (result.outcome, result.rules.rules) == (RecordOutcome.DONE, wanted(on))
    assert desk.lines()[1]["answer"] == trouble.sentence


@no_clear_answer
@both_ways
async def test_no_clear_answer_is_neither_told_as_a_no_nor_as_a_change(
    desk: Desk,
    on: bool,  # noqa: FBT001  # a column
    trouble: TwilioError,
) -> None:
    sid = a_room(desk, wanted(not on))
    desk.twilio.trouble["set-rules"] = trouble
    with pytest.raises(TwilioError, match=f"The recording may or may not {'start' if on else 'stop'} yet: look again"):
        await desk.actions.record(sid, on=on)
    assert desk.twilio.count("set-rules") == 1
    assert desk.lines()[1]["outcome"] == "no-answer"


async def test_a_change_that_does_not_show_is_not_told_as_one(desk: Desk) -> None:
    sid = a_room(desk, CUSTOM)
    desk.twilio.before["set-rules"] = lambda: desk.twilio.before.update(
        rules=lambda: desk.twilio.rules.update({sid: CUSTOM}),
    )
    result = await desk.actions.record(sid, on=True)
    assert (result.outcome, result.rules.rules) == (RecordOutcome.NOT_VERIFIED, CUSTOM)


async def test_a_change_that_cannot_be_looked_at_is_not_verified(desk: Desk) -> None:
    sid = a_room(desk, CUSTOM)
    desk.twilio.before["set-rules"] = lambda: desk.twilio.trouble.update(rules=Unreachable("no answer"))
    result = await desk.actions.record(sid, on=True)
    assert (result.outcome, result.rules.rules) == (RecordOutcome.NOT_VERIFIED, EVERYTHING), "as Twilio answered"


async def test_where_the_rules_cannot_be_read_nothing_is_changed(desk: Desk) -> None:
    sid = a_room(desk, CUSTOM)
    desk.twilio.trouble["rules"] = refused(53122)
    with pytest.raises(Refused):
        await desk.actions.record(sid, on=True)
    assert (desk.twilio.count("set-rules"), desk.lines()) == (0, [])


async def test_read_only_changes_no_rules(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", read_only=True)
    sid = a_room(desk, CUSTOM)
    with pytest.raises(ReadOnlyError, match="was not started"):
        await desk.actions.record(sid, on=True)
    assert (desk.twilio.asked, desk.lines()) == ([], [])
    assert (await desk.actions.recording(sid)).rules == CUSTOM, "looking is no change"


async def test_what_cannot_be_written_down_is_not_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=0))
    sid = a_room(desk, CUSTOM)
    with pytest.raises(JournalError, match=r"The recording of room .* was not stopped"):
        await desk.actions.record(sid, on=False)
    assert desk.twilio.rules[sid] == CUSTOM


async def test_a_result_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=1))
    assert (await desk.actions.record(a_room(desk, CUSTOM), on=True)).unwritten == "The disk is full."


# Over HTTP


async def test_records_a_room_of_the_sandbox_and_stops(twilio: Twilio, tmp_path: Path) -> None:
    actions = Actions(twilio.gateway, Journal(tmp_path / "journal.jsonl"), twilio.clock, context=CONTEXT)
    sid = await twilio.create(UniqueName="talk")
    assert (await actions.record(sid, on=False)).outcome is RecordOutcome.WAS_SO_BEFORE
    assert (await actions.record(sid, on=True)).outcome is RecordOutcome.DONE
    assert (await actions.recording(sid)).rules == EVERYTHING
    assert (await actions.record(sid, on=True)).outcome is RecordOutcome.WAS_SO_BEFORE
    assert (await actions.record(sid, on=False)).outcome is RecordOutcome.DONE
    assert (await actions.recording(sid)).rules == NOTHING
