"""The account a world belongs to: who it is and what it may do."""

from __future__ import annotations

from dataclasses import dataclass

from roomtui.sandbox.world import limits


@dataclass(slots=True)
class Account:
    """Settings that the Console or Twilio's sales would change.

    Attributes:
        ad_hoc_rooms: "Client-side Room Creation": joining an unknown name makes a room.
        era: which room types are still offered.
        read_limit: GET requests a real second; 0 enforces nothing.
        write_limit: POST requests a real second; 0 enforces nothing.
        region: the Twilio Region of its phone calls; `<Room>` is available in us1 only.
        status_callback: the default callback URL, the only one an ad-hoc room can have.
        status_callback_method: how it is requested: `POST` or `GET`.
        room_quota: rooms in progress at the same time (53119).
        participant_quota: participants in rooms at the same time (53206).
        not_found_after_end: seconds after its end for which a room cannot be fetched, a lag that Twilio has at times.
    """

    sid: str
    ad_hoc_rooms: bool = True
    era: limits.Era = limits.Era.LEGACY
    read_limit: int = limits.READS_PER_SECOND
    write_limit: int = limits.WRITES_PER_SECOND
    region: str = "us1"
    status_callback: str | None = None
    status_callback_method: str = "POST"
    room_quota: int = limits.CONCURRENT_ROOMS
    participant_quota: int = limits.CONCURRENT_PARTICIPANTS
    not_found_after_end: int = 0
