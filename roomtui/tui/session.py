"""What the screen is given: a board to read, a feed to steer, actions to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roomtui.state import Forgetful

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from roomtui.config import Account, AlertTable
    from roomtui.state import Memory
    from roomtui.tui.winding import Winding
    from roomtui.watch.actions import Actions
    from roomtui.watch.board import Feed
    from roomtui.watch.past import Past


@dataclass(frozen=True, slots=True)
class Session:
    """A connection to one account.

    Attributes:
        feed: keeps the board current.
        actions: changes things.
        close: ends the connection.
        past: asks for the rooms that have ended; None where nobody can be asked.
    """

    feed: Feed
    actions: Actions
    close: Callable[[], Awaitable[None]]
    past: Past | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the dashboard is to be.

    Attributes:
        account: what the account is called on screen.
        refresh: seconds between two looks at the rooms list.
        reads_per_second: the promised limit.
        reads: how many reads went out since the start.
        speed: Twilio's seconds in a second; not 1 only with a sandbox whose clock runs fast.
        read_only: nothing may be changed.
        hide_personal: phone numbers are masked.
        ascii_only: nothing but ASCII is drawn.
        mouse: the mouse is listened to.
        caller_id: the number (E.164) that calls come from unless another one is typed, None where there is none.
        memory: what is remembered from one run to the next; see `roomtui.state`.
        views: filters by the names they were saved under.
        columns: the names of the columns to show, in their order; None where nothing was said.
        keys: other keys than the usual ones: the id of a binding -> its key, or several with commas between.
        theme: the name of the theme; None where nothing was said.
        accent: the colour of the account's name; None where nothing was said.
        alerts: what is to be called to attention, as configured.
        journal: the journal of this profile; None where there is none.
        profile: the name of the account that is watched, as it stands among `accounts`.
        accounts: all that can be watched; the one that is watched is among them, unless it is none of the person's.
        switch: sees that another account can be watched, which may take as long as somebody types a passphrase; the
            dashboard is then to leave, and the next one shows that account. None where there is no other.
            Raises a `ConfigError`.
        recorded: what is shown is recorded, as long as this account is watched.
        replay: the recording that is shown; None where Twilio is watched.
        api_url: the address of the API that is asked.
    """

    account: str
    refresh: float
    reads_per_second: int
    reads: Callable[[], int]
    speed: float = 1.0
    read_only: bool = False
    hide_personal: bool = False
    ascii_only: bool = False
    mouse: bool = False
    caller_id: str | None = None
    memory: Memory = field(default_factory=Forgetful)
    views: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    theme: str | None = None
    accent: str | None = None
    alerts: tuple[AlertTable, ...] = ()
    journal: Path | None = None
    profile: str = ""
    accounts: tuple[Account, ...] = ()
    switch: Callable[[Account], Awaitable[None]] | None = None
    recorded: bool = False
    replay: Winding | None = None
    api_url: str = "https://video.twilio.com"
