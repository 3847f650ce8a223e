"""The way to the API that the environment tells of: a proxy, and whose certificates are trusted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import proxy
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.http11.opening import Way
from roomtui.twilio_api.http11.trust import NoTrust, context_from_environment

if TYPE_CHECKING:
    from roomtui.twilio_api.origin import Origin
    from roomtui.twilio_api.proxy import Proxy


async def way_to(origin: Origin) -> tuple[Way, Proxy | None]:
    """The way to `origin`, and the proxy that is on it.

    Raises:
        Unreachable: the environment names a proxy or certificates that cannot be used.
    """
    found = proxy.from_environment(origin)
    if origin.scheme != "https":
        return Way(origin), found
    try:
        # Reading a few hundred certificates takes some 40 ms; nothing else is to stand still.
        tls = await asyncio.get_running_loop().run_in_executor(None, context_from_environment)
    except NoTrust as lost:
        named = f"The certificates that {lost.variable} names ({Untrusted(lost.path).safe})"
        raise Unreachable(f"{named} cannot be used: {Untrusted(lost.reason).safe}.") from None
    if found is None:
        return Way(origin, tls), None
    return Way(origin, tls, found.origin, found.authorization), found
