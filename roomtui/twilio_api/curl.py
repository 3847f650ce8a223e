"""The requests that this program makes, as commands for a shell: to be shown, copied, and learnt from. Pure.

The secrets are variables that the shell fills in (`TWILIO_API_KEY`, `TWILIO_API_SECRET`). Whatever strangers chose is
percent-encoded, so that nothing but ASCII is left, and quoted: no name can end the quotes it stands in.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from roomtui.twilio_api.gateway import RoomQuery

_WHO: Final = '-u "$TWILIO_API_KEY:$TWILIO_API_SECRET"'


def fetch_room(api_url: str, sid: str) -> str:
    """The room of this SID."""
    return _get(f"{_room(api_url, sid)}")


def list_participants(api_url: str, sid: str, *, status: str) -> str:
    """Those in the room whose status is this."""
    return _get(f"{_room(api_url, sid)}/Participants?{_query({'Status': status})}")


def end_room(api_url: str, sid: str) -> str:
    """End the room for everybody in it."""
    return (
        f"curl -sS -X POST {_WHO} {shlex.quote(_room(api_url, sid))} --data-urlencode {shlex.quote('Status=completed')}"
    )


def list_rooms(api_url: str, query: RoomQuery) -> str:
    """The first page of the rooms of `query`."""
    wanted = {
        "Status": query.status,
        "UniqueName": query.unique_name,
        "DateCreatedAfter": query.created_after.strftime("%Y-%m-%dT%H:%M:%SZ") if query.created_after else None,
        "DateCreatedBefore": query.created_before.strftime("%Y-%m-%dT%H:%M:%SZ") if query.created_before else None,
        "PageSize": str(query.page_size) if query.page_size else None,
    }
    asked = _query({name: value for name, value in wanted.items() if value is not None})
    return _get(f"{_base(api_url)}/v1/Rooms{'?' if asked else ''}{asked}")


def console_url(sid: str) -> str:
    """Where Twilio's Console shows this room."""
    return f"https://www.twilio.com/console/video/logs/rooms/{quote(sid, safe='')}"


def _get(url: str) -> str:
    return f"curl -sS {_WHO} {shlex.quote(url)}"


def _base(api_url: str) -> str:
    return api_url.rstrip("/")


def _room(api_url: str, sid: str) -> str:
    return f"{_base(api_url)}/v1/Rooms/{quote(sid, safe='')}"


def _query(fields: dict[str, str]) -> str:
    # A lone surrogate, which no address can hold, becomes a question mark: there is no such room anyway.
    return urlencode(fields, quote_via=quote, safe="", errors="replace")
