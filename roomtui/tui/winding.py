"""The keys of a replay: standing still, winding forth and back, faster and slower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from textual.binding import Binding

from roomtui.rooms.countdown import span

if TYPE_CHECKING:
    from datetime import datetime

OF_TWILIO: Final = frozenset({"pause", "resume", "refresh_now", "faster", "slower", "profiles"})
"""What cannot be done with a recording."""
ACTIONS: Final = frozenset({"wind", "stand_still", "play_on", "play_faster", "play_slower"})
"""What can be done with a recording only."""
BINDINGS: Final = (
    Binding("p", "stand_still", "Pause", tooltip="Stand still, the time too", id="app.pause"),
    Binding("p", "play_on", "Play", tooltip="Play on; at the end, from the beginning", id="app.pause"),
    Binding("plus", "play_faster", "Play faster", key_display="+", show=False, id="app.faster"),
    Binding("minus", "play_slower", "Play slower", key_display="-", show=False, id="app.slower"),
    Binding("left_square_bracket", "wind(-60)", "Back a minute", key_display="[", show=False, id="replay.back"),
    Binding("right_square_bracket", "wind(60)", "On a minute", key_display="]", show=False, id="replay.on"),
    Binding("left_curly_bracket", "wind(-600)", "Back ten minutes", key_display="{", show=False, id="replay.far_back"),
    Binding("right_curly_bracket", "wind(600)", "On ten minutes", key_display="}", show=False, id="replay.far_on"),
)


class Winding(Protocol):
    """What is shown is a recording: it can be wound, and played faster or slower."""

    @property
    def begins(self) -> datetime:
        """When the recording begins (Twilio's time)."""
        ...

    @property
    def ends(self) -> datetime:
        """When it ends (Twilio's time)."""
        ...

    @property
    def speed(self) -> float:
        """Seconds of the recording in a second."""
        ...

    def now(self) -> datetime:
        """Where it is (Twilio's time)."""
        ...

    def wind(self, seconds: float) -> None:
        """Go forward, or back, by so many of the recording's seconds."""
        ...

    def set_speed(self, speed: float) -> None:
        """Play faster or slower, as far as that goes."""
        ...


def where(replay: Winding) -> str:
    """Where the recording is, in a few words: ``replay 10:15:00 of 10:05 to 12:30, x4``."""
    fast = "" if replay.speed == 1 else f", x{replay.speed:g}"
    return f"replay {replay.now():%H:%M:%S} of {replay.begins:%H:%M} to {replay.ends:%H:%M}{fast}"


def how_far(seconds: float) -> str:
    """What winding did, for people."""
    return f"{'On' if seconds > 0 else 'Back'} {span(round(abs(seconds)))}."


NO_LOG: Final = "a recording has no log; `roomtui log` has that of then"
"""What the log says of a recording."""
NO_PAST: Final = "a recording holds only what ended in it, below the live: 1"
"""What the view of the ended rooms says of it."""
