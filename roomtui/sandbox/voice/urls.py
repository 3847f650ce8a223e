"""URLs as customers give them: where TwiML is to be had, where to tell how a call gets on."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from roomtui.sandbox.world.parameters import is_http_url

LONGEST = 4000
"""Characters (error 21609: "The URL exceeds the 4000-character limit")."""


def is_absolute(url: str) -> bool:
    """Whether a text is an absolute http(s) URL that can be asked."""
    return is_http_url(url, LONGEST)


def is_callback(url: str) -> bool:
    """Whether a status callback can go there: "URLs must contain a valid hostname (underscores are not permitted)"."""
    return is_absolute(url) and "_" not in (urlsplit(url).hostname or "")


def resolve(base: str | None, url: str) -> str | None:
    """An absolute URL from a relative one; None where it leads nowhere.

    Args:
        base: of the document that names it; None for TwiML that came without a URL.
        url: as the document names it; empty means the document itself.
    """
    try:
        whole = urljoin(base or "", url.strip())
    except ValueError:
        return None
    return whole if is_absolute(whole) else None
