"""`/v1/Rooms/{Room}/Participants`: list, fetch, disconnect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.query import choice_of, instant_of
from roomtui.sandbox.rest.render import participant_resource
from roomtui.sandbox.rest.rooms import resource_path, room_at
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.participant import ParticipantStatus
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from roomtui.sandbox.wire import Call, Handler
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.register import Span
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

_FILTERS = ("Status", "DateCreatedAfter", "DateCreatedBefore", "Identity")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Participants list parameters. Without a status: connected in a live room, else disconnected."""

    room: Room
    status: ParticipantStatus
    identity: str | None
    created_after: datetime | None
    created_before: datetime | None

    def select(self, span: Span) -> list[Participant]:
        """The participants of a span, newest first."""
        gone = self.status is ParticipantStatus.DISCONNECTED
        joined = self.room.participants if gone else self.room.present
        chosen = [participant for participant in joined.values() if self._takes(participant, span)]
        chosen = chosen[: span.most] if span.newer_than is not None else chosen[-span.most :]
        return chosen[::-1]

    def _takes(self, participant: Participant, span: Span) -> bool:
        return (
            participant.status is self.status
            and (self.identity is None or participant.identity == self.identity)
            and (self.created_after is None or participant.date_created >= self.created_after)
            and (self.created_before is None or participant.date_created < self.created_before)
            and (span.older_than is None or participant.number < span.older_than)
            and (span.newer_than is None or participant.number > span.newer_than)
        )


class ParticipantsResource:
    """The Participants resource over a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            "/v1/Rooms/{NameOrSid}/Participants": {"GET": self._list},
            "/v1/Rooms/{NameOrSid}/Participants/{IdentityOrSid}": {"GET": self._fetch, "POST": self._update},
        }

    def _list(self, call: Call, parts: Sequence[str]) -> Answer:
        room = room_at(self._world, call, parts[0])
        usual = ParticipantStatus.CONNECTED if room.is_live else ParticipantStatus.DISCONNECTED
        wanted = _Wanted(
            room=room,
            status=choice_of(call.query, "Status", ParticipantStatus) or usual,
            identity=first_of(call.query.get("Identity")),
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        return list_answer(
            call,
            Listing("participants", f"/v1/Rooms/{room.sid}/Participants", _FILTERS),
            wanted.select,
            lambda participant: json.dumps(participant_resource(participant, call.origin)),
        )

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        participant = self._participant_at(call, parts)
        return json_answer(200, participant_resource(participant, call.origin))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        """The only change is to put somebody out: `Status=disconnected`. Without a status nothing changes."""
        participant = self._participant_at(call, parts)
        status = first_of(call.form.get("Status"))
        if status is not None:
            if status != ParticipantStatus.DISCONNECTED.value:
                raise Refusal(53209)
            self._world.remove(participant)
        return json_answer(202, participant_resource(participant, call.origin))

    def _participant_at(self, call: Call, parts: Sequence[str]) -> Participant:
        room = room_at(self._world, call, parts[0])
        participant = self._world.participant_in(room, parts[1])
        if participant is None:
            raise not_found(resource_path(call))
        return participant
