"""What keys do to whoever feeds the dashboard: Twilio is asked more, less or not at all, a recording is wound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.tui import winding
from roomtui.tui.looked import Looked

if TYPE_CHECKING:
    from roomtui.tui.session import Session


class Fed(Looked):
    """An app that is fed by a session, once there is one.

    Attributes:
        session: the connection; None until it is open.
        refresh_seconds: seconds between two looks at the rooms list.
    """

    session: Session | None
    refresh_seconds: float

    @property
    def is_paused(self) -> bool:
        """Whether nothing is asked, or played."""
        return self.session is not None and self.session.feed.paused

    def action_pause(self) -> None:
        """Stop asking Twilio."""
        if self.session is not None:
            self.session.feed.pause()
            self.refresh_bindings()
            self.tell("Polling is paused; the countdowns go on. p goes on, r asks once.")

    def action_resume(self) -> None:
        """Go on asking Twilio."""
        if self.session is not None:
            self.session.feed.resume()
            self.refresh_bindings()
            self.tell("Polling goes on.")

    def action_refresh_now(self) -> None:
        """Ask Twilio about everything on screen."""
        if self.session is not None:
            self.session.feed.refresh_now()

    def action_faster(self) -> None:
        """Look at the rooms list twice as often."""
        self._refresh_every(max(1.0, self.refresh_seconds / 2))

    def action_slower(self) -> None:
        """Look at the rooms list half as often."""
        self._refresh_every(min(120.0, self.refresh_seconds * 2))

    def action_stand_still(self) -> None:
        """Pause the recording that is shown."""
        self._stand_still(still=True)

    def action_play_on(self) -> None:
        """Go on with the recording that is shown."""
        self._stand_still(still=False)

    def _stand_still(self, *, still: bool) -> None:
        if self.session is not None:
            feed = self.session.feed
            (feed.pause if still else feed.resume)()
            self.refresh_bindings()
            self.tell("The recording stands still, the time too; p plays on." if still else "Playing on.")

    def action_play_faster(self) -> None:
        """Play the recording that is shown twice as fast."""
        self._play(2.0)

    def action_play_slower(self) -> None:
        """Play it half as fast."""
        self._play(0.5)

    def _play(self, times: float) -> None:
        replay = self.settings.replay
        if replay is not None:
            replay.set_speed(replay.speed * times)
            self.tell(f"Playing the recording {replay.speed:g} times as fast as it was.")

    def action_wind(self, seconds: int) -> None:
        """Wind the recording that is shown."""
        if self.settings.replay is not None:
            self.settings.replay.wind(seconds)
            self.tell(winding.how_far(seconds))

    def _refresh_every(self, seconds: float) -> None:
        if self.session is None:
            return
        self.refresh_seconds = seconds
        self.session.feed.set_refresh(seconds)
        self.tell(f"Looking at the rooms list every {seconds:g} s.")
