"""A script: what will happen in one room, second by second, if nobody interferes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMERA = ("audio", "video")
SOUND = ("audio",)


class Deed(Enum):
    """What somebody does. To mute oneself and to cover the camera are undone by being done again."""

    JOIN = auto()
    CALL = auto()
    LEAVE = auto()
    DROP = auto()
    RESUME = auto()
    MUTE = auto()
    COVER = auto()
    SHARE = auto()
    UNSHARE = auto()
    END_ROOM = auto()


@dataclass(frozen=True, slots=True)
class Act:
    """One deed, so many seconds after the room was opened."""

    at: float
    deed: Deed
    who: str
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A room and what happens in it.

    Attributes:
        parameters: as a create request gives them; none for an ad-hoc room.
        acts: in order of time.
        life: seconds until the room is over if all goes as planned.
    """

    name: str
    parameters: Mapping[str, str]
    ad_hoc: bool
    acts: tuple[Act, ...]
    life: float


class ScriptWriter:
    """Writes a script piece by piece.

    Args:
        name: the room's.
        age: seconds after the opening that the times below count from: 0 is the opening itself, and for a room
            that is described as it is now, how long it has been open.
        ad_hoc: opened by the first join.
        parameters: of the create request.
    """

    def __init__(
        self, name: str, *, age: float = 0.0, ad_hoc: bool = False, parameters: Mapping[str, object] | None = None
    ) -> None:
        self._name = name
        self._age = age
        self._ad_hoc = ad_hoc
        self._parameters = {key: str(value) for key, value in (parameters or {}).items()}
        self._acts: list[Act] = []

    def stay(self, who: str, since: float, until: float | None, tracks: tuple[str, ...] = CAMERA) -> ScriptWriter:
        """Somebody joins and, unless they stay to the end, leaves again."""
        self._add(since, Deed.JOIN, who, tracks)
        if until is not None:
            self._add(until, Deed.LEAVE, who)
        return self

    def call(self, who: str, since: float, until: float | None) -> ScriptWriter:
        """A phone is put into the room; its identity is the one that Twilio makes of its number."""
        self._add(since, Deed.CALL, who, SOUND)
        if until is not None:
            self._add(until, Deed.LEAVE, who)
        return self

    def do(self, deed: Deed, who: str, at: float) -> ScriptWriter:
        """Somebody does something else in between."""
        self._add(at, deed, who, CAMERA if deed is Deed.JOIN else ())
        return self

    def end(self, at: float) -> ScriptWriter:
        """The host ends the room for everybody."""
        self._add(at, Deed.END_ROOM, "")
        return self

    def script(self) -> Script:
        """The script as written so far."""
        acts = tuple(sorted(self._acts, key=attrgetter("at")))
        return Script(self._name, self._parameters, self._ad_hoc, acts, self._life(acts))

    def _add(self, at: float, deed: Deed, who: str, tracks: tuple[str, ...] = ()) -> None:
        self._acts.append(Act(max(self._age + at, 0.0), deed, who, tracks))

    def _life(self, acts: tuple[Act, ...]) -> float:
        if not acts:
            return 60.0 * int(self._parameters.get("UnusedRoomTimeout", limits.UNUSED_ROOM_MINUTES))
        if self._ad_hoc or acts[-1].deed is Deed.END_ROOM:
            return acts[-1].at
        patience = 60.0 * int(self._parameters.get("EmptyRoomTimeout", limits.EMPTY_ROOM_MINUTES))
        return min(acts[-1].at + patience, float(limits.ROOM_SECONDS))
