from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.sandbox.faults import Fault
from roomtui.twilio_api.errors import (
    CredentialsRefused,
    NotFound,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
    Unreachable,
)
from roomtui.watch.actions import Actions, EndOutcome, ReadOnlyError
from roomtui.watch.journal import Journal, JournalError
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused, written
from tests.watch.scripted import ScriptedGateway, not_found
from tests.watch.virtual import idle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roomtui.rooms.model import Room
    from tests.watch.conftest import Twilio

# The look before


async def test_looking_tells_who_is_in_and_who_was(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.joins(sid, "alice")
    sight = await desk.actions.look(sid)
    assert (sight.room.sid, sight.roster.connected) == (sid, 1)
    desk.twilio.ends(sid)
    sight = await desk.actions.look(sid)
    assert not sight.room.is_live
    assert (sight.roster.connected, len(sight.roster.gone or ())) == (0, 1)
    assert all(ask.urgent for ask in desk.twilio.asked), "a person waits for it"


# Ending a room


async def test_an_empty_room_is_ended_and_seen_to_have_ended(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert result.outcome is EndOutcome.ENDED
    assert result.room.status == "completed"
    assert (result.people, result.unwritten) == (0, None)
    assert desk.twilio.count("end") == 1
    assert desk.twilio.asked[-1].what == "room", "the answer is verified by a fetch"


async def test_the_line_before_is_on_disk_when_twilio_is_told(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    seen: list[list[dict[str, Any]]] = []
    desk.twilio.before["end"] = lambda: seen.append(desk.lines())
    await desk.actions.end_room(sid, even_if_occupied=False)
    [at_the_time] = seen
    assert [line["phase"] for line in at_the_time] == ["before"]
    assert [line["phase"] for line in desk.lines()] == ["before", "after"]


async def test_the_journal_tells_who_did_what_to_whom_and_what_came_of_it(desk: Desk) -> None:
    sid = desk.twilio.opens("Board & Co")
    desk.twilio.joins(sid, "alice")
    desk.twilio.drops(desk.twilio.joins(sid, "bob"))
    before_the_end = desk.time.now()
    await desk.actions.end_room(sid, even_if_occupied=True)
    before, after = desk.lines()
    common = {
        **CONTEXT,
        "kind": "audit",
        "action": "end-room",
        "room_sid": sid,
        "room_name": "Board & Co",
        "people": 2,
        "id": before["id"],
    }
    assert before == {**common, "phase": "before", "at": before_the_end.isoformat()}
    assert after == {
        **common,
        "phase": "after",
        "at": before_the_end.isoformat(),
        "outcome": "ended",
        "answer": "completed",
        "request_id": "RQ1",
    }


async def test_two_changes_have_two_ids(desk: Desk) -> None:
    for name in ("one", "two"):
        await desk.actions.end_room(desk.twilio.opens(name), even_if_occupied=False)
    first, first_again, second, second_again = [line["id"] for line in desk.lines()]
    assert first == first_again != second == second_again


async def test_read_only_asks_nothing_writes_nothing_and_ends_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", read_only=True)
    sid = desk.twilio.opens("talk")
    with pytest.raises(ReadOnlyError, match=sid):
        await desk.actions.end_room(sid, even_if_occupied=True)
    assert desk.twilio.asked == []
    assert desk.lines() == []


async def test_a_room_with_people_is_not_ended_unless_that_was_confirmed(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.joins(sid, "alice")
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert (result.outcome, result.people) == (EndOutcome.OCCUPIED, 1)
    assert desk.twilio.count("end") == 0
    assert desk.lines() == []
    assert (await desk.actions.end_room(sid, even_if_occupied=True)).outcome is EndOutcome.ENDED


async def test_somebody_who_lost_the_connection_counts_as_in_the_room(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.drops(desk.twilio.joins(sid, "alice"))
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert (result.outcome, result.people) == (EndOutcome.OCCUPIED, 1)


async def test_a_room_that_had_ended_is_left_alone(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.ends(sid)
    result = await desk.actions.end_room(sid, even_if_occupied=True)
    assert result.outcome is EndOutcome.ENDED_BEFORE
    assert desk.twilio.count("end") == 0
    assert desk.lines() == []


@pytest.mark.parametrize("answer", [refused(53112), refused(53118), not_found()], ids=["53112", "53118", "404"])
async def test_a_room_that_ends_between_the_look_and_the_end_had_ended(desk: Desk, answer: Refused) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.ends(sid)
    desk.twilio.trouble["end"] = answer
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert result.outcome is EndOutcome.ENDED_BEFORE
    assert result.room.status == "completed", "the room as Twilio tells it now, not as it was"
    _, after = desk.lines()
    assert (after["outcome"], after["answer"], after["request_id"]) == (
        "ended-before",
        answer.sentence,
        answer.request_id,
    )


@pytest.mark.parametrize("answer", [refused(53112), refused(53118), not_found()], ids=["53112", "53118", "404"])
async def test_a_room_that_is_shown_live_has_not_ended_whatever_twilio_says_to_the_end(
    desk: Desk, answer: Refused
) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.trouble["end"] = answer
    with pytest.raises(Refused) as told:
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert told.value is answer
    assert desk.lines()[1]["outcome"] == "refused"


async def test_a_room_that_nobody_knows_any_more_had_ended(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.hidden.add(sid)
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert (result.outcome, result.room.sid) == (EndOutcome.ENDED_BEFORE, sid)


@pytest.mark.parametrize(
    "answer",
    [
        refused(20001),
        CredentialsRefused(status=403, code=20003, message=Untrusted("Forbidden"), request_id="RQ9"),
        Throttled(status=429, code=20429, message=Untrusted("Slow"), request_id="RQ9"),
    ],
    ids=["400", "403", "429"],
)
async def test_a_refusal_is_told_and_written_down(desk: Desk, answer: Refused) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.trouble["end"] = answer
    with pytest.raises(Refused) as told:
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert told.value is answer
    _, after = desk.lines()
    assert (after["outcome"], after["answer"], after["request_id"]) == ("refused", answer.sentence, "RQ9")


LOOK_AGAIN = "The room may or may not end yet: look again before you go on."


@no_clear_answer
async def test_no_clear_answer_is_an_end_once_the_room_is_seen_to_have_ended(desk: Desk, trouble: TwilioError) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.joins(sid, "alice")
    desk.twilio.before["end"] = lambda: desk.twilio.ends(sid)
    desk.twilio.trouble["end"] = trouble
    result = await desk.actions.end_room(sid, even_if_occupied=True)
    assert (result.outcome, result.room.status, result.people) == (EndOutcome.ENDED, "completed", 1)
    assert desk.twilio.count("end") == 1, "it is never told twice"
    _, after = desk.lines()
    assert (after["phase"], after["outcome"], after["answer"]) == ("after", "ended", trouble.sentence)
    assert after["request_id"] == getattr(trouble, "request_id", None)


@no_clear_answer
async def test_no_clear_answer_is_neither_told_as_a_no_nor_as_an_end(desk: Desk, trouble: TwilioError) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.trouble["end"] = trouble
    with pytest.raises(TwilioError) as told:
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert told.value.sentence == f"{trouble.sentence.rstrip('.')}. {LOOK_AGAIN}"
    assert desk.twilio.asked[-1].what == "room", "it was looked at"
    assert desk.twilio.count("end") == 1, "it is never told twice"
    _, after = desk.lines()
    assert (after["phase"], after["outcome"], after["answer"]) == ("after", "no-answer", told.value.sentence)
    assert after["request_id"] == getattr(trouble, "request_id", None)


async def test_a_sentence_that_asks_something_gets_no_full_stop(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.trouble["end"] = NotTwilio("is the API URL right?")
    with pytest.raises(TwilioError) as told:
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert told.value.sentence == f"is the API URL right? {LOOK_AGAIN}"


async def test_an_end_without_an_answer_may_take_a_moment_to_show(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.trouble["end"] = Unreachable("no answer.")

    async def a_moment(_seconds: float) -> None:
        desk.twilio.ends(sid)

    desk.actions._desk.sleep = a_moment
    assert (await desk.actions.end_room(sid, even_if_occupied=False)).outcome is EndOutcome.ENDED


@pytest.mark.parametrize("look", [Unreachable("no answer."), not_found()], ids=["no answer", "404"])
async def test_without_an_answer_and_without_a_look_nothing_is_known(desk: Desk, look: TwilioError) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.trouble.update(room=look)
    desk.twilio.trouble["end"] = Unreachable("api does not answer.")
    with pytest.raises(TwilioError) as told:
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert told.value.sentence == f"api does not answer. {LOOK_AGAIN}"
    assert desk.lines()[1]["outcome"] == "no-answer"


async def test_who_leaves_in_the_middle_leaves_a_line(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.hold("end")
    told = asyncio.Event()
    desk.twilio.before["end"] = told.set
    ending = asyncio.create_task(desk.actions.end_room(sid, even_if_occupied=False))
    await told.wait()
    await idle()
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert [line["phase"] for line in desk.lines()] == ["before", "after"]
    assert desk.lines()[1]["outcome"] == "interrupted"


# The journal


async def test_what_cannot_be_written_down_is_not_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=0))
    sid = desk.twilio.opens("talk")
    with pytest.raises(JournalError, match=rf"Room {sid} was not ended.*The disk is full"):
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert desk.twilio.count("end") == 0
    assert desk.twilio.rooms[sid].is_live


async def test_a_real_journal_that_cannot_be_written_stops_the_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = Desk(tmp_path / "file" / "journal.jsonl")
    sid = desk.twilio.opens("talk")
    with pytest.raises(JournalError):
        await desk.actions.end_room(sid, even_if_occupied=False)
    assert desk.twilio.count("end") == 0


async def test_a_result_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=1))
    result = await desk.actions.end_room(desk.twilio.opens("talk"), even_if_occupied=False)
    assert result.outcome is EndOutcome.ENDED
    assert result.unwritten == "The disk is full."


async def test_a_slow_disk_keeps_nobody_waiting(tmp_path: Path) -> None:
    # A journal on a network folder, or one that another writer holds: the loop goes on meanwhile.
    desk = Desk(tmp_path / "journal.jsonl")
    sid = desk.twilio.opens("talk")
    loop = asyncio.get_running_loop()
    others = asyncio.Event()
    threadsafe: list[bool] = []

    class Slow(Journal):
        def write(self, line: Mapping[str, object]) -> None:
            # Answered only by the loop, which must therefore be running.
            asked = asyncio.run_coroutine_threadsafe(others.wait(), loop)
            threadsafe.append(asked.result(10))
            super().write(line)

    desk.actions = Actions(desk.twilio, Slow(desk.journal.path), desk.time, context=CONTEXT, sleep=desk._sleep)
    ending = asyncio.create_task(desk.actions.end_room(sid, even_if_occupied=False))
    await idle()
    assert desk.twilio.count("end") == 0
    others.set()
    assert (await ending).outcome is EndOutcome.ENDED
    assert threadsafe == [True, True]


# Seeing that it ended


async def test_one_early_404_after_the_end_is_no_failure(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.before.update(room=lambda: desk.twilio.hidden.add(sid))

    async def found_again(_seconds: float) -> None:
        desk.twilio.hidden.clear()

    desk.actions._desk.sleep = found_again
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert result.outcome is EndOutcome.ENDED


async def test_an_end_that_takes_a_moment_is_waited_for(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    still = desk.twilio.rooms[sid]
    looks = iter([lambda: desk.twilio.rooms.update({sid: still}), lambda: desk.twilio.ends(sid)])

    async def a_moment(_seconds: float) -> None:
        desk.twilio.before["room"] = next(looks)

    desk.twilio.before["end"] = lambda: desk.twilio.before.update(room=next(looks))
    desk.actions._desk.sleep = a_moment
    assert (await desk.actions.end_room(sid, even_if_occupied=False)).outcome is EndOutcome.ENDED


async def test_an_end_that_does_not_show_is_not_told_as_an_end(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    still = desk.twilio.rooms[sid]

    async def still_there(_seconds: float = 0) -> None:
        desk.twilio.rooms[sid] = still

    desk.twilio.before["end"] = lambda: desk.twilio.before.update(
        room=lambda: desk.twilio.rooms.update({sid: still}),
    )
    desk.actions._desk.sleep = still_there
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert (result.outcome, result.room.status) == (EndOutcome.NOT_VERIFIED, "in-progress")
    assert desk.lines()[1]["outcome"] == "not-verified"


async def test_an_end_that_twilio_tells_stands_though_it_never_finds_the_room_again(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.before.update(room=lambda: desk.twilio.hidden.add(sid))
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert (result.outcome, result.room.status) == (EndOutcome.ENDED, "completed")
    assert desk.twilio.count("room", sid) > 2, "it was looked for more than once"
    assert desk.lines()[1]["outcome"] == "ended"


class Dawdling(ScriptedGateway):
    """Takes the end of a room, still tells it to be in progress, and then knows it no longer."""

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        going_on = self.rooms[room_sid]
        _, request_id = await super().end_room(room_sid)
        self.hidden.add(room_sid)
        return going_on, request_id


async def test_an_end_that_twilio_does_not_tell_is_not_verified_when_it_never_finds_the_room_again(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path / "journal.jsonl", kind=Dawdling)
    result = await desk.actions.end_room(desk.twilio.opens("talk"), even_if_occupied=False)
    assert (result.outcome, result.room.status) == (EndOutcome.NOT_VERIFIED, "in-progress")


async def test_an_end_that_cannot_be_looked_at_is_not_verified(desk: Desk) -> None:
    sid = desk.twilio.opens("talk")
    desk.twilio.before["end"] = lambda: desk.twilio.trouble.update(room=Unreachable("no answer"))
    result = await desk.actions.end_room(sid, even_if_occupied=False)
    assert result.outcome is EndOutcome.NOT_VERIFIED
    assert len(desk.lines()) == 2


# Over HTTP


@pytest.fixture
def actions(twilio: Twilio, tmp_path: Path) -> Actions:
    async def at_once(_seconds: float) -> None:
        pass

    return Actions(twilio.gateway, Journal(tmp_path / "journal.jsonl"), twilio.clock, context=CONTEXT, sleep=at_once)


async def test_ends_this_very_room_even_if_another_has_its_name_by_then(twilio: Twilio, actions: Actions) -> None:
    old = await twilio.create(UniqueName="talk")
    sight = await actions.look("talk")
    await twilio.end(old)
    new = await twilio.create(UniqueName="talk")
    result = await actions.end_room(sight.room.sid, even_if_occupied=True)
    assert result.outcome is EndOutcome.ENDED_BEFORE
    assert (await twilio.truth(new))["status"] == "in-progress"
    assert (await twilio.truth(old))["status"] == "completed"


async def test_ends_a_room_of_the_sandbox_with_a_request_id(twilio: Twilio, actions: Actions, tmp_path: Path) -> None:
    sid = await twilio.create(UniqueName="talk")
    await twilio.join(sid, "alice")
    result = await actions.end_room(sid, even_if_occupied=True)
    assert (result.outcome, result.people) == (EndOutcome.ENDED, 1)
    truth = await twilio.truth(sid)
    assert (truth["status"], truth["ending"]) == ("completed", "ended-by-api")
    _, after = written(Journal(tmp_path / "journal.jsonl"))
    assert after["request_id"].startswith("RQ")


async def test_a_post_whose_answer_breaks_off_is_an_end_when_the_room_has_ended(
    twilio: Twilio, actions: Actions, tmp_path: Path
) -> None:
    sid = await twilio.create(UniqueName="talk")
    # The two looks go through; the answer to the end breaks off on its way back.
    write = actions._desk.journal.write

    def and_then_break_off(line: Mapping[str, object]) -> None:
        write(line)
        twilio.sandbox._faults.add(Fault("truncated", count=1))

    actions._desk.journal.write = and_then_break_off  # type: ignore[method-assign] # tells the moment before the POST
    result = await actions.end_room(sid, even_if_occupied=True)
    assert (result.outcome, result.room.status) == (EndOutcome.ENDED, "completed")
    before, after = written(Journal(tmp_path / "journal.jsonl"))
    assert (before["phase"], after["outcome"]) == ("before", "ended")
    assert after["answer"] != "completed", "what was wrong with the answer"
    assert (await twilio.truth(sid))["status"] == "completed", "no answer is not a no"


async def test_a_room_that_does_not_exist_is_not_found(actions: Actions) -> None:
    with pytest.raises(NotFound):
        await actions.end_room("RM" + "0" * 32, even_if_occupied=True)
