"""The control plane, `/_sandbox`: the things that happen to Twilio without its REST API.

Form-encoded in (JSON is taken too), JSON out. No authentication: the server listens on loopback only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from roomtui.sandbox.control.fields import ControlFields
from roomtui.sandbox.control.recordings import RecordingControl
from roomtui.sandbox.faults import KINDS, SLOW_SECONDS, Fault
from roomtui.sandbox.rest.render import iso, participant_resource, room_resource
from roomtui.sandbox.wire import Routes, json_answer, refusal_answer
from roomtui.sandbox.world.limits import Era
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from roomtui.sandbox.faults import FaultBook
    from roomtui.sandbox.meter import Meter
    from roomtui.sandbox.wire import Answer, Call, Handler
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

PREFIX = "/_sandbox"
FASTEST = 100_000.0
LONGEST_JUMP = 366 * 86_400.0


class ControlPlane:
    """Answers what test scripts ask of the sandbox itself.

    Args:
        world: what it lets things happen to.
        faults: what it arms.
        meter: what it shows.
        more: routes that are answered elsewhere.
    """

    def __init__(
        self, world: World, faults: FaultBook, meter: Meter, more: Mapping[str, Mapping[str, Handler]] | None = None
    ) -> None:
        self._world = world
        self._faults = faults
        self._meter = meter
        participant = f"{PREFIX}/participants/{{PA}}"
        self._routes = Routes(
            {
                f"{PREFIX}/participants": {"POST": self._join},
                participant: {"GET": self._acting(lambda _who, _fields: None)},
                f"{participant}/leave": {"POST": self._acting(lambda who, _fields: world.leave(who))},
                f"{participant}/drop": {"POST": self._acting(lambda who, _fields: world.drop(who))},
                f"{participant}/resume": {"POST": self._acting(lambda who, _fields: world.resume(who))},
                f"{participant}/publish": {"POST": self._acting(self._publish)},
                f"{participant}/unpublish": {"POST": self._acting(self._unpublish)},
                f"{PREFIX}/rooms/{{RM}}": {"GET": self._show_room},
                f"{PREFIX}/rooms/{{RM}}/fail": {"POST": self._fail_room},
                f"{PREFIX}/clock": {"GET": self._show_clock, "POST": self._set_clock},
                f"{PREFIX}/faults": {
                    "GET": self._show_faults,
                    "POST": self._add_fault,
                    "DELETE": self._clear_faults,
                },
                f"{PREFIX}/requests": {"GET": self._show_requests, "DELETE": self._reset_requests},
                f"{PREFIX}/account": {"GET": self._show_account, "POST": self._set_account},
                **RecordingControl(world).routes(PREFIX),
                **(more or {}),
            }
        )

    def answer(self, call: Call) -> Answer:
        """The answer to one call; a refusal has Twilio's body, and one sentence in it."""
        try:
            return self._routes.answer(call, call.path)
        except Refusal as refusal:
            return refusal_answer(refusal)

    # Participants

    def _join(self, call: Call, _parts: Sequence[str]) -> Answer:
        fields = ControlFields(call.form)
        kinds = fields.words("Tracks") or ()
        participant = self._world.join(fields.required("Room"), fields.required("Identity"), kinds)
        return json_answer(201, _participant_view(participant, call.origin))

    def _acting(self, act: Callable[[Participant, ControlFields], object]) -> Handler:
        """A handler that lets something happen to the participant of the path, and shows them."""

        def handler(call: Call, parts: Sequence[str]) -> Answer:
            participant = self._world.find_participant(parts[0])
            if participant is None:
                raise not_found(call.path)
            act(participant, ControlFields(call.form))
            return json_answer(200, _participant_view(participant, call.origin))

        return handler

    def _publish(self, participant: Participant, fields: ControlFields) -> None:
        """Publish `Tracks`, or one of a `Kind` and maybe `Name`; or mute and unmute them where they are published."""
        kinds, enabled, given = fields.words("Tracks"), fields.flag("Enabled", default=True), fields.optional("Name")
        for kind in (fields.required("Kind"),) if kinds is None or given is not None else kinds:
            named = (track.name for track in participant.tracks.values() if track.kind == kind)
            self._world.publish(participant, kind, next(named, None) if given is None else given, enabled=enabled)

    def _unpublish(self, participant: Participant, fields: ControlFields) -> None:
        """Take back the track of a name or SID, those of a kind or of `Tracks`, or all of them."""
        name, kind = fields.optional("Name"), fields.optional("Kind")
        if name is not None:
            self._world.unpublish(participant, name)
            return
        kinds = fields.words("Tracks") if kind is None else (kind,)
        for track in list(participant.tracks.values()):
            if kinds is None or track.kind in kinds:
                self._world.unpublish(participant, track.sid)

    # Rooms

    def _show_room(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, _room_view(self._room(call, parts[0]), call.origin))

    def _fail_room(self, call: Call, parts: Sequence[str]) -> Answer:
        room = self._room(call, parts[0])
        self._world.fail_room(room)
        return json_answer(200, _room_view(room, call.origin))

    def _room(self, call: Call, name_or_sid: str) -> Room:
        room = self._world.rooms.find(name_or_sid)
        if room is None:
            raise not_found(call.path)
        return room

    # Clock

    def _show_clock(self, _call: Call, _parts: Sequence[str]) -> Answer:
        clock = self._world.clock
        now = clock.now().replace(tzinfo=None).isoformat(timespec="milliseconds")
        return json_answer(200, {"now": f"{now}Z", "speed": clock.speed})

    def _set_clock(self, call: Call, parts: Sequence[str]) -> Answer:
        """Jump, then change the speed. The timers that a jump passes fire before the next call is read."""
        fields = ControlFields(call.form)
        seconds = fields.number("Advance", default=0.0, most=LONGEST_JUMP)
        speed = fields.number("Speed", default=self._world.clock.speed, most=FASTEST)
        self._world.clock.advance(seconds)
        self._world.clock.speed = speed
        return self._show_clock(call, parts)

    # Faults and counts

    def _show_faults(self, _call: Call, _parts: Sequence[str]) -> Answer:
        return json_answer(200, {"faults": [_fault_view(fault) for fault in self._faults.faults]})

    def _add_fault(self, call: Call, _parts: Sequence[str]) -> Answer:
        """Without `Count` or `Rate` it is for one request."""
        fields = ControlFields(call.form)
        rate = fields.optional("Rate")
        count = fields.whole("Count", default=None if rate is not None else 1, least=1)
        if rate is not None and count is not None:
            raise Refusal(20001, "Give Count or Rate, not both")
        fault = Fault(
            kind=fields.one_of("Kind", sorted(KINDS)),
            count=count,
            rate=fields.number("Rate", default=1.0, most=1.0),
            path=fields.text("Path", ""),
            retry_after=fields.whole("RetryAfter", default=None, least=0),
            delay=fields.number("Delay", default=SLOW_SECONDS, most=3600.0),
        )
        self._faults.add(fault)
        return json_answer(201, _fault_view(fault))

    def _clear_faults(self, call: Call, parts: Sequence[str]) -> Answer:
        self._faults.clear()
        return self._show_faults(call, parts)

    def _show_requests(self, _call: Call, _parts: Sequence[str]) -> Answer:
        return json_answer(200, self._meter.report())

    def _reset_requests(self, call: Call, parts: Sequence[str]) -> Answer:
        self._meter.reset()
        return self._show_requests(call, parts)

    # Account

    def _show_account(self, _call: Call, _parts: Sequence[str]) -> Answer:
        account = self._world.account
        return json_answer(
            200,
            {
                "sid": account.sid,
                "ad_hoc_rooms": account.ad_hoc_rooms,
                "era": account.era.value,
                "region": account.region,
                "read_limit": account.read_limit,
                "write_limit": account.write_limit,
                "status_callback": account.status_callback,
                "status_callback_method": account.status_callback_method,
                "room_quota": account.room_quota,
                "participant_quota": account.participant_quota,
                "not_found_after_end": account.not_found_after_end,
            },
        )

    def _set_account(self, call: Call, parts: Sequence[str]) -> Answer:
        """All of it is checked before any of it is set."""
        fields, account = ControlFields(call.form), self._world.account
        era = Era(fields.one_of("Era", [era.value for era in Era], default=account.era.value))
        ad_hoc_rooms = fields.flag("AdHocRooms", default=account.ad_hoc_rooms)
        whole: dict[str, int] = {
            attribute: cast("int", fields.whole(name, default=getattr(account, attribute), least=0))
            for name, attribute in _ACCOUNT_NUMBERS.items()
        }
        status_callback = fields.callback_url("StatusCallback", default=account.status_callback)
        method = fields.one_of("StatusCallbackMethod", ("POST", "GET"), default=account.status_callback_method)
        region = fields.one_of("Region", ("us1", "ie1", "au1"), default=account.region)
        account.era, account.ad_hoc_rooms, account.status_callback = era, ad_hoc_rooms, status_callback
        account.status_callback_method, account.region = method, region
        for attribute, number in whole.items():
            setattr(account, attribute, number)
        return self._show_account(call, parts)


_ACCOUNT_NUMBERS: Mapping[str, str] = {
    "ReadLimit": "read_limit",
    "WriteLimit": "write_limit",
    "RoomQuota": "room_quota",
    "ParticipantQuota": "participant_quota",
    "NotFoundAfterEnd": "not_found_after_end",
}


def _participant_view(participant: Participant, origin: str) -> dict[str, object]:
    """The resource, and what Twilio keeps to itself: why they left, what their SDK was told, their tracks."""
    departure = participant.departure
    return {
        **participant_resource(participant, origin),
        "departure": None if departure is None else departure.value,
        "error_code": None if departure is None else departure.client_code,
        "tracks": [
            {
                "sid": track.sid,
                "kind": track.kind,
                "name": track.name,
                "enabled": track.enabled,
                "date_created": iso(track.date_created),
            }
            for track in participant.tracks.values()
        ],
    }


def _room_view(room: Room, origin: str) -> dict[str, object]:
    """The resource, and what Twilio keeps to itself: who made it, why it ended, everybody who was in."""
    return {
        **room_resource(room, origin),
        "origin": room.origin.value,
        "ending": None if room.ending is None else room.ending.value,
        "participants": [_participant_view(each, origin) for each in room.participants.values()],
    }


def _fault_view(fault: Fault) -> dict[str, object]:
    return {
        "kind": fault.kind,
        "count": fault.count,
        "rate": fault.rate if fault.count is None else None,
        "path": fault.path,
        "retry_after": fault.retry_after,
        "delay": fault.delay,
    }
