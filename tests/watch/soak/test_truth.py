"""What the soak counts as wrong, and the only thing that it excuses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.picture import LiveRoom, Picture
from roomtui.twilio_api.credentials import Credentials
from roomtui.watch.board import Board
from roomtui.watch.rosters import read_roster
from tests.watch.soak.heard import OverheardGateway
from tests.watch.soak.truth import Witness

if TYPE_CHECKING:
    from roomtui.rooms.model import Roster
    from tests.watch.conftest import Twilio


@dataclass
class Court:
    """A room with alice in it, looks at it, and the witness of what is shown of it."""

    twilio: Twilio
    gateway: OverheardGateway
    board: Board
    witness: Witness
    sid: str
    roster: Roster | None = None

    async def look(self) -> Roster:
        self.roster = await read_roster(self.gateway, self.sid, self.twilio.clock, before=self.roster)
        return self.roster

    async def show(self, roster: Roster, *, late: timedelta = timedelta(0)) -> tuple[int, int, int]:
        """Deadlines that were held against the truth by then, those that were wrong, and those not to be known."""
        live = LiveRoom.known(await self.gateway.room(self.sid), roster)
        if live.deadline is not None:
            live = replace(live, deadline=replace(live.deadline, at=live.deadline.at + late))
        self.board.show(Picture({self.sid: live}), changed=frozenset({self.sid}))
        ledger = self.witness.ledger
        return ledger.deadlines, ledger.wrong_deadlines, ledger.unknowable


@pytest.fixture
async def court(twilio: Twilio) -> Court:
    board = Board()
    witness = Witness(twilio.sandbox, board, rate=1.0)
    known = twilio.sandbox.credentials
    credentials = Credentials(known.api_key, known.api_secret, known.account_sid)
    gateway = OverheardGateway(credentials, twilio.transport, witness.heard.answered)
    sid = await twilio.create()
    await twilio.join(sid, "alice")
    await twilio.advance(10)
    return Court(twilio, gateway, board, witness, sid)


async def bob_comes_and_loses_the_connection(court: Court) -> str:
    bob = await court.twilio.join(court.sid, "bob")
    await court.twilio.act(bob, "drop")
    await court.twilio.advance(10)
    return bob


async def test_of_whom_no_answer_could_tell_nobody_can_know_until_they_are_back(court: Court) -> None:
    await court.look()
    assert await court.show(await court.look()) == (1, 0, 0)
    bob = await bob_comes_and_loses_the_connection(court)
    assert await court.show(await court.look()) == (2, 0, 1)
    await court.twilio.act(bob, "resume")
    assert await court.show(await court.look()) == (3, 0, 1)
    assert court.roster is not None
    assert court.roster.connected == 2


async def test_whoever_was_in_an_answer_must_be_known(court: Court) -> None:
    await court.look()
    roster = await court.look()
    bob = await bob_comes_and_loses_the_connection(court)
    await court.twilio.act(bob, "resume")
    now = (await court.look()).as_of
    assert await court.show(replace(roster, as_of=now)) == (1, 1, 0), "an answer had told of bob"


async def test_whoever_does_not_ask_for_those_reconnecting_has_no_excuse(court: Court) -> None:
    for _ in range(2):
        await court.gateway.participants(court.sid, status="connected")
    roster = await read_roster(court.twilio.gateway, court.sid, court.twilio.clock, hastily=True)
    await bob_comes_and_loses_the_connection(court)
    assert await court.show(replace(roster, as_of=court.twilio.clock.now())) == (1, 1, 0)


async def test_what_is_wrong_for_another_reason_has_no_excuse(court: Court) -> None:
    await court.look()
    await court.look()
    await bob_comes_and_loses_the_connection(court)
    assert await court.show(await court.look(), late=timedelta(seconds=-3)) == (1, 1, 0)


async def test_a_room_with_somebody_in_it_that_is_told_to_be_empty_has_no_excuse(court: Court) -> None:
    await court.look()
    roster = await court.look()
    await bob_comes_and_loses_the_connection(court)
    empty = replace(roster, present=(), gone=(), as_of=court.twilio.clock.now())
    assert await court.show(empty) == (1, 1, 0)


async def test_a_deadline_that_was_read_before_the_last_that_happened_is_not_held_against_it(court: Court) -> None:
    await court.look()
    roster = await court.look()
    await court.twilio.join(court.sid, "bob")
    assert await court.show(roster) == (0, 0, 0)
