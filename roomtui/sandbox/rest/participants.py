"""`/v1/Rooms/{Room}/Participants`: list, fetch, disconnect, anonymize."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.paging import Listing, list_answer, page_of
from roomtui.sandbox.rest.query import choice_of, instant_of
from roomtui.sandbox.rest.render import anonymized_resource, participant_resource
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
        return page_of([participant for participant in joined.values() if self._takes(participant)], span)

    def _takes(self, participant: Participant) -> bool:
        return (
            participant.status is self.status
            and (self.identity is None or participant.identity == self.identity)
            and (self.created_after is None or participant.date_created >= self.created_after)
            and (self.created_before is None or participant.date_created < self.created_before)
        )


class ParticipantsResource:
    """The Participants resource over a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        participant = "/v1/Rooms/{NameOrSid}/Participants/{IdentityOrSid}"
        return {
            "/v1/Rooms/{NameOrSid}/Participants": {"GET": self._list},
            participant: {"GET": self._fetch, "POST": self._update},
            f"{participant}/Anonymize": {"POST": self._anonymize},
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
        participant = participant_at(self._world, call, parts)
        return json_answer(200, participant_resource(participant, call.origin))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        """The only change is to put somebody out: `Status=disconnected`. Without a status nothing changes."""
        participant = participant_at(self._world, call, parts)
        status = first_of(call.form.get("Status"))
        if status is not None:
            if status != ParticipantStatus.DISCONNECTED.value:
                raise Refusal(53209)
            self._world.remove(participant)
        return json_answer(202, participant_resource(participant, call.origin))

    def _anonymize(self, call: Call, parts: Sequence[str]) -> Answer:
        participant = participant_at(self._world, call, parts)
        self._world.anonymize(participant)
        return json_answer(200, anonymized_resource(participant, call.origin))


def participant_at(world: World, call: Call, parts: Sequence[str]) -> Participant:
    """The participant that the first two open parts of a path name.

    Raises:
        Refusal: 20404 if there is no such room, or nobody of that name or SID in it.
    """
    participant = world.participant_in(room_at(world, call, parts[0]), parts[1])
    if participant is None:
        raise not_found(resource_path(call))
    return participant
