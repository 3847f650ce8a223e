"""The accounts that the dashboard shows one after the other.

A change of the account is a new dashboard: new board, new screens, new everything, so that nothing of the old account
can be shown under the name of the new one. It does not wait for the old account, which may hang: what is under way
there is seen through in the background, and ends with its line in the journal.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from roomtui.cli.garbage import Garbage
from roomtui.config import ConfigError, load_account
from roomtui.rooms.untrusted import safe
from roomtui.threads import in_a_thread
from roomtui.twilio_api.errors import InvalidApiUrl
from roomtui.twilio_api.origin import ApiUrl

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.config import Account, Config, Typed
    from roomtui.rooms.picture import Picture

_WatchedT = TypeVar("_WatchedT", bound="Watched")

SEEN_THROUGH_WITHIN: Final = 60.0
"""Seconds that changes under way have once another account is shown; Twilio's answer to one may take as long."""
FORGOTTEN_AFTER: Final = 1.0
"""Seconds until what was known of an account is thrown away; until then the next one is busy with its first rooms."""
ENDS_WITHIN: Final = 2.0
"""Seconds that they have once the dashboard is left."""


class Watched(Protocol):
    """One account on the screen."""

    next: Config | None
    """The account to go on with, once `show` has returned; None where the dashboard is left."""

    async def show(self) -> None:
        """Show it until the person leaves it."""
        ...

    async def leave(self, within: float) -> None:
        """Ask nothing more, wait so many seconds for what is under way, and close the connection."""
        ...


async def one_after_the_other(first: Config, watch: Callable[[Config], _WatchedT]) -> _WatchedT:
    """Show accounts until the person leaves the dashboard.

    Args:
        first: the account to begin with.
        watch: makes a dashboard of an account.

    Returns:
        The last one shown.
    """
    left: set[asyncio.Task[None]] = set()
    watched = watch(first)
    await watched.show()
    while watched.next is not None:
        left = {task for task in left if not task.done()}
        leaving = asyncio.create_task(watched.leave(SEEN_THROUGH_WITHIN))
        leaving.add_done_callback(lambda _: asyncio.get_running_loop().call_later(FORGOTTEN_AFTER, Garbage.end))
        left.add(leaving)
        watched = watch(watched.next)
        await watched.show()
    if left:
        _, hanging = await asyncio.wait(left, timeout=ENDS_WITHIN)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
    return watched


async def config_of(account: Account, typed: Typed) -> Config:
    """What is in force for another account. Somebody may have to type a passphrase for it: it may take a while.

    Raises:
        ConfigError: it cannot be watched; in one sentence.
    """

    def read() -> Config:
        config = load_account(account, typed)
        try:
            ApiUrl.parse(config.api_url)
        except InvalidApiUrl as error:
            raise ConfigError(str(error)) from None
        return config

    return await in_a_thread(read, name="account")


def mistaken(picture: Picture, account_sid: str) -> str | None:
    """A sentence where the rooms are another account's: an API key opens the account in which it was made.

    Nobody sees that from the name on the screen, and whoever ends a room there means another one's.
    """
    live = next(iter(picture.live.values()), None)
    theirs = live.room.account_sid if live is not None else None
    if theirs is None or theirs == account_sid:
        return None
    return (
        f"These are the rooms of {safe(theirs)}, not of {safe(account_sid)}: the API key was made in another account "
        "than the profile says."
    )
