"""The world: one account's rooms and participants, and everything that can happen to them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.events import EventKind, Herald
from roomtui.sandbox.world.participant import (
    Departure,
    Participant,
    ParticipantStatus,
    check_identity,
    check_track,
    require_present,
)
from roomtui.sandbox.world.recorder import Recorder
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.register import RoomRegister
from roomtui.sandbox.world.room import Room, RoomEnding, RoomOrigin, RoomStatus
from roomtui.sandbox.world.room_request import ad_hoc_settings
from roomtui.sandbox.world.sids import SidMint, is_sid
from roomtui.sandbox.world.tracks import Tracks, require_room_for_tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roomtui.sandbox.clock import Clock, Timer
    from roomtui.sandbox.world.account import Account
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Track
    from roomtui.sandbox.world.room import RoomSettings


class World:
    """Rooms and participants of one account, living on a virtual clock.

    Attributes:
        happened: called with every event, in the order in which they happen.
        recorder: what records the rooms.
    """

    def __init__(self, clock: Clock, account: Account, seed: int) -> None:
        self.clock = clock
        self.account = account
        self.rooms = RoomRegister()
        herald = Herald(clock)
        self.happened: list[Callable[[Event], None]] = herald.listeners
        self._tell = herald.tell
        self._sids = SidMint(seed)
        self._numbers = count(1)
        self.recorder = Recorder(clock, self._sids, self._numbers, herald)
        self._tracks = Tracks(clock, self._sids, self._numbers, self.recorder, herald)
        self._participants: dict[str, Participant] = {}
        self._present = 0

    # Rooms

    def create_room(self, settings: RoomSettings) -> Room:
        """A room by REST request. It waits for its first participant for the unused room timeout.

        Raises:
            Refusal: 53113 while the name is taken, 53119 over the quota.
        """
        room = self._open_room(settings, RoomOrigin.REST)
        patience = timedelta(minutes=settings.unused_room_timeout)
        room.vacancy_timer = self._ending_timer(room, patience, RoomEnding.UNUSED)
        return room

    def complete_room(self, room: Room) -> None:
        """End a room by REST request: everybody in it is disconnected at once.

        Raises:
            Refusal: 53112 if it is not in progress any more (error 53112: "only apply to a Room that is in-progress").
        """
        if not room.is_live:
            raise Refusal(53112)
        self._end_room(room, RoomEnding.API)

    def fail_room(self, room: Room) -> None:
        """Let a room fail, which no document says how to bring about.

        Raises:
            Refusal: 53112 if it is not in progress any more.
        """
        if not room.is_live:
            raise Refusal(53112)
        self._end_room(room, RoomEnding.FAILED)

    # Participants

    def find_participant(self, sid: str) -> Participant | None:
        """A participant of any room, in any status."""
        return self._participants.get(sid)

    @staticmethod
    def participant_in(room: Room, identity_or_sid: str) -> Participant | None:
        """By SID in any status, by identity only connected (Participants resource)."""
        if is_sid(identity_or_sid, "PA") and identity_or_sid in room.participants:
            return room.participants[identity_or_sid]
        found = room.present.get(identity_or_sid)
        return found if found is not None and found.status is ParticipantStatus.CONNECTED else None

    def join(
        self, name_or_sid: str, identity: str, kinds: Sequence[str] = (), *, phone: str | None = None
    ) -> Participant:
        """Somebody connects with an SDK. An unknown name makes an ad-hoc room where the account allows it.

        The same identity twice: the newcomer stays, the first is put out, and the room is never empty in
        between.

        Args:
            name_or_sid: the room.
            identity: who joins.
            kinds: the kinds of the tracks they publish from the start.
            phone: the number of a phone participant.

        Raises:
            Refusal: with the code the client's SDK is given: 53105, 53106, 53118, 53200 and others.
        """
        check_identity(identity)
        room = self._room_to_join(name_or_sid)
        first = room.present.get(identity) if room is not None else None
        if first is None:
            if self._present >= self.account.participant_quota:
                raise Refusal(53206)
            if room is not None and len(room.present) >= room.settings.max_participants:
                raise Refusal(53105)
        for kind in kinds:
            check_track(kind, None, audio_only=room is not None and room.settings.audio_only)
        if room is not None:
            require_room_for_tracks(room.settings.type, room.published_tracks + len(kinds))
        else:
            require_room_for_tracks(limits.RoomType.GROUP, len(kinds))
            room = self._open_room(ad_hoc_settings(name_or_sid, self.account), RoomOrigin.AD_HOC)
        if first is not None:
            self._depart(first, Departure.DUPLICATE_IDENTITY)
        newcomer = self._admit(room, identity, phone)
        for kind in kinds:
            self.publish(newcomer, kind)
        return newcomer

    def join_by_phone(self, unique_name: str, number: str, identity: str | None = None) -> Participant:
        """A phone call is connected to a room by `<Connect><Room>`: one audio track, and no room is ever made for it.

        Args:
            unique_name: the name of a room in progress; a nameless room is called by its SID.
            number: the phone's number, of which Twilio makes an identity where none is given.
            identity: `participantIdentity`.

        Raises:
            Refusal: 53106 without such a room, 53114 if it is not a group room, 53105 if it is full or has 35 phone
                participants, and as `join`. The call then goes on with the next verb (TwiML Voice: `<Room>`).
        """
        room = self.rooms.live_named(unique_name)
        if room is None:
            raise Refusal(53106)
        if room.settings.type is not limits.RoomType.GROUP:
            raise Refusal(53114)
        if identity is None:
            identity = f"{number}-{self._sids.hexadecimal(8)}"
        first = room.present.get(identity)
        phones = sum(each.phone is not None for each in room.present.values() if each is not first)
        if phones >= limits.PHONE_PARTICIPANTS:
            raise Refusal(53105)
        return self.join(room.sid, identity, ["audio"], phone=number)

    def leave(self, participant: Participant) -> None:
        """They hang up."""
        self._put_out(participant, Departure.LEFT)

    def remove(self, participant: Participant) -> None:
        """They are put out by REST request.

        Raises:
            Refusal: 53209 if they are not in the room any more, as 53112 is for a room.
        """
        if not participant.is_present:
            raise Refusal(53209)
        self._put_out(participant, Departure.REMOVED)

    def drop(self, participant: Participant) -> None:
        """Their network is cut: they hold their place for half a minute, and are gone then."""
        require_present(participant)
        if participant.status is ParticipantStatus.RECONNECTING:
            return
        participant.status = ParticipantStatus.RECONNECTING
        participant.date_updated = self.clock.second()
        participant.reconnect_timer = self.clock.at(
            self.clock.now() + timedelta(seconds=limits.RECONNECT_SECONDS),
            partial(self._put_out, participant, Departure.CONNECTION_LOST),
        )

    def resume(self, participant: Participant) -> None:
        """Their network is back: the same stay goes on."""
        require_present(participant)
        if participant.reconnect_timer is not None:
            participant.reconnect_timer.cancel()
            participant.reconnect_timer = None
        participant.status = ParticipantStatus.CONNECTED
        participant.date_updated = self.clock.second()

    def publish(self, participant: Participant, kind: str, name: str | None = None, *, enabled: bool = True) -> Track:
        """They publish a track, or mute and unmute the one that has this name already.

        A track without a name is called by its SID.
        """
        return self._tracks.publish(participant, kind, name, enabled=enabled)

    def unpublish(self, participant: Participant, name: str) -> None:
        """They take back one track, named by its name or SID."""
        self._tracks.unpublish(participant, name)

    def anonymize(self, participant: Participant) -> None:
        """Put the SID in the place of an identity that may tell who somebody is.

        Raises:
            Refusal: 53209 as long as they are in the room (OpenAPI: somebody anonymized is disconnected).
        """
        if participant.is_present:
            raise Refusal(53209)
        participant.identity = participant.sid
        participant.date_updated = self.clock.second()

    # What follows from it

    def _open_room(self, settings: RoomSettings, origin: RoomOrigin) -> Room:
        if settings.unique_name is not None and self.rooms.live_named(settings.unique_name) is not None:
            raise Refusal(53113)
        if self.rooms.live_count >= self.account.room_quota:
            raise Refusal(53119)
        now = self.clock.second()
        room = Room(
            sid=self._sids.make("RM"),
            number=next(self._numbers),
            account_sid=self.account.sid,
            settings=settings,
            origin=origin,
            date_created=now,
            date_updated=now,
        )
        self.rooms.add(room)
        room.age_timer = self._ending_timer(room, timedelta(seconds=limits.ROOM_SECONDS), RoomEnding.MAX_DURATION)
        self._tell(EventKind.ROOM_CREATED, room)
        return room

    def _room_to_join(self, name_or_sid: str) -> Room | None:
        """The room, or None where the join is to make one."""
        room = self.rooms.find(name_or_sid)
        if room is not None and not room.is_live:
            raise Refusal(53118)
        if room is None and (is_sid(name_or_sid, "RM") or not self.account.ad_hoc_rooms):
            raise Refusal(53106)
        return room

    def _admit(self, room: Room, identity: str, phone: str | None) -> Participant:
        now = self.clock.second()
        newcomer = Participant(
            sid=self._sids.make("PA"),
            number=next(self._numbers),
            room=room,
            identity=identity,
            start_time=now,
            date_updated=now,
            phone=phone,
        )
        room.participants[newcomer.sid] = newcomer
        room.present[identity] = newcomer
        self._participants[newcomer.sid] = newcomer
        self._present += 1
        if room.vacancy_timer is not None:
            room.vacancy_timer.cancel()
            room.vacancy_timer = None
        newcomer.session_timer = self.clock.at(
            now + timedelta(seconds=room.settings.max_participant_duration),
            partial(self._put_out, newcomer, Departure.SESSION_LENGTH),
        )
        self._tell(EventKind.PARTICIPANT_CONNECTED, room, newcomer)
        return newcomer

    def _put_out(self, participant: Participant, departure: Departure) -> None:
        """End a stay, and start the room's empty timeout if it was the last one."""
        require_present(participant)
        self._depart(participant, departure)
        room = participant.room
        if room.present:
            return
        if room.settings.empty_room_timeout == 0:
            self._end_room(room, RoomEnding.EMPTY)
        else:
            patience = timedelta(minutes=room.settings.empty_room_timeout)
            room.vacancy_timer = self._ending_timer(room, patience, RoomEnding.EMPTY)

    def _depart(self, participant: Participant, departure: Departure) -> None:
        now = self.clock.second()
        participant.cancel_timers()
        participant.status = ParticipantStatus.DISCONNECTED
        participant.departure = departure
        participant.end_time = participant.date_updated = now
        del participant.room.present[participant.identity]
        self._present -= 1
        self._tracks.take_back_all(participant)
        self._tell(EventKind.PARTICIPANT_DISCONNECTED, participant.room, participant)

    def _ending_timer(self, room: Room, after: timedelta, ending: RoomEnding) -> Timer:
        return self.clock.at(self.clock.second() + after, partial(self._end_room, room, ending))

    def _end_room(self, room: Room, ending: RoomEnding) -> None:
        room.cancel_timers()
        for participant in list(room.present.values()):
            self._depart(participant, Departure.ROOM_COMPLETED)
        room.status = RoomStatus.FAILED if ending is RoomEnding.FAILED else RoomStatus.COMPLETED
        room.ending = ending
        room.end_time = room.date_updated = self.clock.second()
        for forgotten in self.rooms.retire(room):
            self.recorder.forget(forgotten)
            for sid in forgotten.participants:
                del self._participants[sid]
        self._tell(EventKind.ROOM_ENDED, room)
