"""Composition hooks: templates by which every room of the account that is completed is composed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from roomtui.sandbox.world.composition_request import composition_settings, flag
from roomtui.sandbox.world.composition_sources import asked_for, matches
from roomtui.sandbox.world.compositions import NO_TRACKS
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.parameters import first_of, is_utf8
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.room import RoomStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from roomtui.sandbox.world.composition import CompositionSettings
    from roomtui.sandbox.world.compositions import Compositions
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.register import Span
    from roomtui.sandbox.world.sids import SidMint
    from roomtui.sandbox.world.world import World

_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class HookRequest:
    """What a hook is to be, checked.

    Attributes:
        friendly_name: 1 to 100 characters, unique within the account.
        enabled: whether it is triggered when a room is completed.
        settings: what to compose and how.
    """

    friendly_name: str
    enabled: bool
    settings: CompositionSettings


@dataclass(eq=False, slots=True)
class CompositionHook:
    """All instants are whole seconds.

    Attributes:
        number: grows with every hook: the order of lists and pages.
        date_updated: None until it is updated.
    """

    sid: str
    number: int
    account_sid: str
    asked: HookRequest
    date_created: datetime
    date_updated: datetime | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What its events call it: SID and friendly name."""
        return self.sid, self.asked.friendly_name


@dataclass(frozen=True, slots=True)
class HookFilter:
    """Composition hooks list parameters: after is inclusive, before is exclusive.

    Attributes:
        friendly_name: in any case, with `*` for any characters.
    """

    enabled: bool | None = None
    friendly_name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def takes(self, hook: CompositionHook) -> bool:
        """Whether a hook is meant."""
        name = hook.asked.friendly_name.lower()
        return (
            (self.enabled is None or hook.asked.enabled is self.enabled)
            and (self.friendly_name is None or matches(self.friendly_name.lower(), name))
            and (self.created_after is None or hook.date_created >= self.created_after)
            and (self.created_before is None or hook.date_created < self.created_before)
        )


class CompositionHooks:
    """The composition hooks of an account."""

    def __init__(self, world: World, mint: SidMint, compositions: Compositions) -> None:
        self._world = world
        self._mint = mint
        self._compositions = compositions
        self._numbers = count(1)
        self._by_sid: dict[str, CompositionHook] = {}
        world.happened.append(self._notice)

    def create(self, asked: HookRequest) -> CompositionHook:
        """A new hook.

        Raises:
            Refusal: 20001 while another one has the name.
        """
        self._require_free(asked.friendly_name, None)
        hook = CompositionHook(
            sid=self._mint.make("HK"),
            number=next(self._numbers),
            account_sid=self._world.account.sid,
            asked=asked,
            date_created=self._world.clock.second(),
        )
        self._by_sid[hook.sid] = hook
        return hook

    def update(self, hook: CompositionHook, asked: HookRequest) -> None:
        """Make it another one: "partial updates are not supported".

        Raises:
            Refusal: 20001 while another one has the name.
        """
        self._require_free(asked.friendly_name, hook)
        hook.asked = asked
        hook.date_updated = self._world.clock.second()

    def delete(self, hook: CompositionHook) -> None:
        """Delete it, at once and for good."""
        del self._by_sid[hook.sid]

    def find(self, sid: str) -> CompositionHook | None:
        """The hook of a SID."""
        return self._by_sid.get(sid)

    def newest_first(self, wanted: HookFilter, span: Span) -> list[CompositionHook]:
        """The hooks of one page."""
        found = [
            hook
            for hook in self._by_sid.values()
            if wanted.takes(hook)
            and (span.older_than is None or hook.number < span.older_than)
            and (span.newer_than is None or hook.number > span.newer_than)
        ]
        page = found[: span.most] if span.newer_than is not None else found[-span.most :]
        return page[::-1]

    def _require_free(self, name: str, but: CompositionHook | None) -> None:
        if any(hook.asked.friendly_name == name and hook is not but for hook in self._by_sid.values()):
            raise Refusal(20001, "Invalid parameter FriendlyName: another composition hook has it")

    def _notice(self, event: Event) -> None:
        """Compose a room that is completed and was recorded."""
        room = event.room
        if event.kind is not EventKind.ROOM_ENDED or room.status is not RoomStatus.COMPLETED or not room.recordings:
            return
        for hook in self._by_sid.values():
            if not hook.asked.enabled:
                continue
            if asked_for(hook.asked.settings, room.recordings):
                self._compositions.create(room, hook.asked.settings, hook.name)
            else:
                self._compositions.tell_hook_failed(room, hook.asked.settings, hook.name, NO_TRACKS)


def hook_request(parameters: Mapping[str, Sequence[str]]) -> HookRequest:
    """What a create or update request asks for. What it does not give has its default value.

    Raises:
        Refusal: 20001 without a friendly name, or for a parameter that cannot be.
    """
    name = first_of(parameters.get("FriendlyName"))
    if not name:
        raise Refusal(20001, "Missing required parameter FriendlyName in the post body")
    if len(name) > _NAME_LENGTH or not is_utf8(name):
        raise Refusal(20001, f"Invalid parameter FriendlyName: must be at most {_NAME_LENGTH} characters")
    return HookRequest(
        friendly_name=name,
        enabled=flag(parameters, "Enabled", default=True),
        settings=composition_settings(parameters),
    )
