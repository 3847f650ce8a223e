"""The compositions of an account: made, processed on the virtual clock, deleted, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from roomtui.sandbox.world import composition_sources
from roomtui.sandbox.world.composition import Composition, CompositionStatus
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.recording import RecordingStatus
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.sandbox.world.composition import CompositionSettings
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.media_settings import MediaSettings
    from roomtui.sandbox.world.register import Span
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.sids import SidMint
    from roomtui.sandbox.world.world import World

QUEUE_SECONDS = 5
PROCESSING_SECONDS = 30
"""At least so long. "No specific delivery time is guaranteed"; real ones take minutes."""

RECORDINGS_DELETED = "Room recordings deleted"
NO_TRACKS = "Empty track list for composition"
"""The titles of errors 53628 and 53630."""

_MEDIA_SECONDS_PER_SECOND = 4
_PROGRESS_STEPS = 10
_DAYS_KEPT = 30
"""How long the metadata of a deleted composition is kept (Compositions resource, "HTTP DELETE")."""

_MOST_KEPT = 10_000
"""Memory is the bound: the oldest compositions beyond it are forgotten."""


class CompositionEventKind(str, Enum):
    """The values of `StatusCallbackEvent` (Status Callbacks, "Compositions Status Callback Events")."""

    ENQUEUED = "composition-enqueued"
    HOOK_FAILED = "composition-hook-failed"
    STARTED = "composition-started"
    PROGRESS = "composition-progress"
    AVAILABLE = "composition-available"
    FAILED = "composition-failed"


@dataclass(frozen=True, slots=True)
class CompositionEvent:
    """One thing that has just happened to a composition or to a hook.

    Attributes:
        settings: whose `status_callback` is to be told: those of the composition, or of the hook that failed.
        composition: None where a hook failed to make one.
        hook: SID and friendly name; only for what a hook did.
        percentage_done: only for progress.
        seconds_remaining: only for progress.
        failed_operation: only for failures, as the error message is.
    """

    kind: CompositionEventKind
    at: datetime
    room_sid: str
    settings: CompositionSettings
    composition: Composition | None = None
    hook: tuple[str, str] | None = None
    percentage_done: int | None = None
    seconds_remaining: int | None = None
    failed_operation: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class CompositionFilter:
    """Compositions list parameters: after is inclusive, before is exclusive."""

    status: CompositionStatus | None = None
    room_sid: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def takes(self, composition: Composition) -> bool:
        """Whether a composition is meant. Deleted ones only are if their status is asked for."""
        if self.status is None and composition.status is CompositionStatus.DELETED:
            return False
        return (
            (self.status is None or composition.status is self.status)
            and (self.room_sid is None or composition.room_sid == self.room_sid)
            and (self.created_after is None or composition.date_created >= self.created_after)
            and (self.created_before is None or composition.date_created < self.created_before)
        )


class Compositions:
    """Compositions of the rooms of a world.

    Args:
        world: where rooms and their recordings are.
        mint: makes SIDs.
        recording_settings: encrypted recordings cannot be composed.

    Attributes:
        happened: called with every event, in the order in which they happen.
    """

    def __init__(self, world: World, mint: SidMint, recording_settings: MediaSettings) -> None:
        self.happened: list[Callable[[CompositionEvent], None]] = []
        self._world = world
        self._mint = mint
        self._recording_settings = recording_settings
        self._numbers = count(1)
        self._by_sid: dict[str, Composition] = {}
        self._waiting: dict[Room, list[Composition]] = {}
        world.happened.append(self._notice)

    def create(self, room: Room, settings: CompositionSettings, hook: tuple[str, str] | None = None) -> Composition:
        """Compose a room, now or as soon as it has ended.

        "Developers can create a new Composition as soon as its associated Room exists. However, the processing task
        gets started only when the Room status is Completed."

        Raises:
            Refusal: 53122 for a room of a type that is never recorded.
        """
        if not room.settings.type.has_media_server:
            raise Refusal(53122)
        composition = Composition(
            sid=self._mint.make("CJ"),
            number=next(self._numbers),
            account_sid=room.account_sid,
            room_sid=room.sid,
            settings=settings,
            date_created=self._world.clock.second(),
        )
        self._by_sid[composition.sid] = composition
        if len(self._by_sid) > _MOST_KEPT:
            self._forget(next(iter(self._by_sid.values())))
        if hook is not None:
            self._tell(composition, CompositionEventKind.ENQUEUED, hook=hook)
        if room.is_live:
            self._waiting.setdefault(room, []).append(composition)
        else:
            self._queue(composition, room)
        return composition

    def delete(self, composition: Composition) -> None:
        """Delete the media. The metadata stays for thirty days; deleting twice changes nothing.

        Raises:
            Refusal: 20001 for a failed one: "It is not allowed to delete a Composition [...] with Status=failed".
        """
        if composition.status is CompositionStatus.FAILED:
            raise Refusal(20001, "A Composition with status failed cannot be deleted")
        if composition.status is CompositionStatus.DELETED:
            return
        composition.status = CompositionStatus.DELETED
        composition.date_deleted = self._world.clock.second()
        self._later(composition, timedelta(days=_DAYS_KEPT), partial(self._forget, composition))

    def find(self, sid: str) -> Composition | None:
        """A composition in any status."""
        return self._by_sid.get(sid)

    def newest_first(self, wanted: CompositionFilter, span: Span) -> list[Composition]:
        """The compositions of one page."""
        found = [
            composition
            for composition in self._by_sid.values()
            if wanted.takes(composition)
            and (span.older_than is None or composition.number < span.older_than)
            and (span.newer_than is None or composition.number > span.newer_than)
        ]
        page = found[: span.most] if span.newer_than is not None else found[-span.most :]
        return page[::-1]

    def tell_hook_failed(self, room: Room, settings: CompositionSettings, hook: tuple[str, str], message: str) -> None:
        """A hook could not make a composition of a room."""
        self._announce(
            CompositionEvent(
                kind=CompositionEventKind.HOOK_FAILED,
                at=self._world.clock.now(),
                room_sid=room.sid,
                settings=settings,
                hook=hook,
                failed_operation="CompositionHook",
                error_message=message,
            )
        )

    # What follows from it

    def _notice(self, event: Event) -> None:
        if event.kind is EventKind.ROOM_ENDED:
            for composition in self._waiting.pop(event.room, ()):
                if composition.status is CompositionStatus.ENQUEUED:
                    self._queue(composition, event.room)

    def _queue(self, composition: Composition, room: Room) -> None:
        self._later(composition, timedelta(seconds=QUEUE_SECONDS), partial(self._start, composition, room))

    def _start(self, composition: Composition, room: Room) -> None:
        """Process it, unless there is nothing to process; recordings that are not finished are waited for."""
        settings = composition.settings
        if any(recording.status is RecordingStatus.PROCESSING for recording in room.recordings):
            self._queue(composition, room)
            return
        if self._recording_settings.encryption_enabled:
            self._fail(composition, "Compositions require the source recordings to be stored unencrypted")
            return
        asked_for = composition_sources.asked_for(settings, room.recordings)
        sources = [each for each in asked_for if each.status is RecordingStatus.COMPLETED and each.has_media]
        if not sources:
            deleted = any(each.status is RecordingStatus.DELETED for each in asked_for)
            self._fail(composition, RECORDINGS_DELETED if deleted else NO_TRACKS)
            return
        composition.status = CompositionStatus.PROCESSING
        self._tell(composition, CompositionEventKind.STARTED)
        ended = room.end_time or self._world.clock.second()
        duration = composition_sources.seconds(settings, sources, ended)
        complete = partial(self._complete, composition, duration, composition_sources.kilobits(settings, sources))
        self._proceed(composition, PROCESSING_SECONDS + duration // _MEDIA_SECONDS_PER_SECOND, 1, complete)

    def _proceed(self, composition: Composition, work: int, step: int, complete: Callable[[], None]) -> None:
        """One tenth of the work, and the next ones."""

        def arrive() -> None:
            if step == _PROGRESS_STEPS:
                complete()
                return
            self._announce(
                CompositionEvent(
                    kind=CompositionEventKind.PROGRESS,
                    at=self._world.clock.now(),
                    room_sid=composition.room_sid,
                    settings=composition.settings,
                    composition=composition,
                    percentage_done=100 * step // _PROGRESS_STEPS,
                    seconds_remaining=work * (_PROGRESS_STEPS - step) // _PROGRESS_STEPS,
                )
            )
            self._proceed(composition, work, step + 1, complete)

        self._later(composition, timedelta(seconds=work / _PROGRESS_STEPS), arrive)

    def _complete(self, composition: Composition, duration: int, bitrate: int) -> None:
        composition.status = CompositionStatus.COMPLETED
        composition.date_completed = self._world.clock.second()
        composition.duration = duration
        composition.bitrate = bitrate
        composition.size = bitrate * 1000 * duration // 8
        composition.timer = None
        self._tell(composition, CompositionEventKind.AVAILABLE)

    def _fail(self, composition: Composition, message: str) -> None:
        composition.status = CompositionStatus.FAILED
        composition.timer = None
        self._announce(
            CompositionEvent(
                kind=CompositionEventKind.FAILED,
                at=self._world.clock.now(),
                room_sid=composition.room_sid,
                settings=composition.settings,
                composition=composition,
                failed_operation="CompositionStart",
                error_message=message,
            )
        )

    def _forget(self, composition: Composition) -> None:
        if composition.timer is not None:
            composition.timer.cancel()
        self._by_sid.pop(composition.sid, None)

    def _later(self, composition: Composition, after: timedelta, action: Callable[[], None]) -> None:
        if composition.timer is not None:
            composition.timer.cancel()
        composition.timer = self._world.clock.at(self._world.clock.now() + after, action)

    def _tell(self, composition: Composition, kind: CompositionEventKind, hook: tuple[str, str] | None = None) -> None:
        at = self._world.clock.now()
        self._announce(CompositionEvent(kind, at, composition.room_sid, composition.settings, composition, hook))

    def _announce(self, event: CompositionEvent) -> None:
        for tell in self.happened:
            tell(event)
