"""`/2010-04-01/Accounts/{Account}/Calls`: create, list, fetch, update, delete.

The API of 2010 has its own manners: dates in RFC 2822, durations as text, relative URIs, pages by SID.
"""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.query import choice_of, encoded, instant_of, page_index_of, page_size_of
from roomtui.sandbox.voice.addresses import address, formatted, number_sid
from roomtui.sandbox.voice.call import CallStatus, Direction
from roomtui.sandbox.voice.messages import API_VERSION
from roomtui.sandbox.voice.register import CallFilter, Window
from roomtui.sandbox.voice.request import call_request, update_request
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from roomtui.sandbox.voice.call import PhoneCall
    from roomtui.sandbox.voice.switchboard import Switchboard
    from roomtui.sandbox.wire import Call, Fields, Handler

LARGEST_PAGE_SIZE = 1000

_AMERICAN = re.compile(r"(0[1-9]|1[0-2])/([0-9]{2})/([0-9]{4})(?: ([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?: ([A-Z]{3}))?)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ROOT = f"/{API_VERSION}/Accounts"
_TIMES = ("StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<", "EndTime>")
_FILTERS = ("Status", "To", "From", "ParentCallSid", *_TIMES)
_SUBRESOURCES = (
    "Notifications",
    "Recordings",
    "Payments",
    "Events",
    "Siprec",
    "Streams",
    "Transcriptions",
    "UserDefinedMessageSubscriptions",
    "UserDefinedMessages",
)


class CallsResource:
    """The Calls resource over a switchboard."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where. The extension is part of the SID's path part: the router knows whole parts only."""
        return {
            f"{_ROOT}/{{AccountSid}}/Calls.json": {"GET": self._list, "POST": self._create},
            f"{_ROOT}/{{AccountSid}}/Calls/{{Sid.json}}": {
                "GET": self._fetch,
                "POST": self._update,
                "DELETE": self._delete,
            },
        }

    def _create(self, call: Call, parts: Sequence[str]) -> Answer:
        self._require_account(call, parts[0])
        made = self._board.place(call_request(call.form, self._board.numbers))
        return json_answer(201, call_resource(made))

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, call_resource(self._call_at(call, parts)))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        found = self._call_at(call, parts)
        self._board.update(found, update_request(call.form))
        return json_answer(200, call_resource(found))

    def _delete(self, call: Call, parts: Sequence[str]) -> Answer:
        self._board.delete(self._call_at(call, parts))
        return Answer(204, "")

    def _list(self, call: Call, parts: Sequence[str]) -> Answer:
        self._require_account(call, parts[0])
        wanted = _wanted(call.query)
        size = page_size_of(call.query, LARGEST_PAGE_SIZE)
        token = first_of(call.query.get("PageToken"))
        page = page_index_of(call.query, token)
        older_than, newer_than = self._bounds(token)
        found = self._board.calls.newest_first(
            lambda each: (
                wanted.takes(each)
                and (older_than is None or each.number < older_than)
                and (newer_than is None or each.number > newer_than)
            )
        )
        chosen = found[-size:] if newer_than is not None else found[:size]
        has_more = newer_than is not None or len(found) > size
        start = page * size
        address_of = _Pages(call, size).of
        return json_answer(
            200,
            {
                "calls": [call_resource(each) for each in chosen],
                "page": page,
                "page_size": size,
                "start": start,
                "end": start + max(len(chosen) - 1, 0),
                "first_page_uri": address_of(0, None),
                "previous_page_uri": address_of(page - 1, f"PB{chosen[0].sid}") if page and chosen else None,
                "next_page_uri": address_of(page + 1, f"PA{chosen[-1].sid}") if has_more and chosen else None,
                "uri": address_of(page, token),
            },
        )

    def _bounds(self, token: str | None) -> tuple[int | None, int | None]:
        """Older than, newer than: a page token is `PA` (after) or `PB` (before) and a call's SID (OpenAPI examples)."""
        if token is None:
            return None, None
        number = self._board.calls.place(token[2:])
        if number is None or token[:2] not in {"PA", "PB"}:
            raise Refusal(20001, "Invalid parameter PageToken")
        return (number, None) if token[:2] == "PA" else (None, number)

    def _require_account(self, call: Call, sid: str) -> None:
        if sid != self._board.world.account.sid:
            raise not_found(call.path)

    def _call_at(self, call: Call, parts: Sequence[str]) -> PhoneCall:
        self._require_account(call, parts[0])
        sid, _, extension = parts[1].rpartition(".")
        found = self._board.calls.find(sid)
        if found is None or extension != "json":
            raise not_found(call.path)
        return found


def call_resource(call: PhoneCall) -> dict[str, object]:
    """The Call resource (OpenAPI, `api.v2010.account.call`)."""
    path = f"{_ROOT}/{call.account_sid}/Calls/{call.sid}"
    ours = call.called if call.direction is Direction.INBOUND else call.caller
    return {
        "sid": call.sid,
        "date_created": format_datetime(call.date_created),
        "date_updated": format_datetime(call.date_updated),
        "parent_call_sid": None if call.parent is None else call.parent.sid,
        "account_sid": call.account_sid,
        "to": call.called,
        "to_formatted": formatted(call.called),
        "from": call.caller,
        "from_formatted": formatted(call.caller),
        "phone_number_sid": number_sid(ours),
        "status": call.status.value,
        "start_time": _date(call.start_time),
        "end_time": _date(call.end_time),
        "duration": None if call.duration is None else str(call.duration),
        "price": None,
        "price_unit": "USD",
        "direction": call.direction.value,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "forwarded_from": call.forwarded_from,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_time),
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {_snake(name): f"{path}/{name}.json" for name in _SUBRESOURCES},
    }


def _date(instant: datetime | None) -> str | None:
    return None if instant is None else format_datetime(instant)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _wanted(query: Fields) -> CallFilter:
    called, caller = first_of(query.get("To")), first_of(query.get("From"))
    return CallFilter(
        called=called and (address(called) or called),
        caller=caller and (address(caller) or caller),
        parent_sid=first_of(query.get("ParentCallSid")),
        status=choice_of(query, "Status", CallStatus),
        started=_windows(query, "StartTime"),
        ended=_windows(query, "EndTime"),
    )


def _instant(query: Fields, name: str) -> datetime | None:
    """A date or a date-time, as other lists take it, or `06/11/2019 22:05:25 MST` (OpenAPI, "FunDateFormats")."""
    american = _AMERICAN.fullmatch(first_of(query.get(name)) or "")
    if american is None:
        return instant_of(query, name)
    month, day, year, time, zone = american.groups()
    try:
        named = f"{day} {_MONTHS[int(month) - 1]} {year} {time or '00:00'} {zone or 'GMT'}"
        instant = parsedate_to_datetime(named)  # which knows the American zones by their names
        return instant.astimezone(timezone.utc) if instant.tzinfo is not None else instant_of(query, name)
    except (ValueError, OverflowError):
        return instant_of(query, name)  # which refuses it


def _windows(query: Fields, name: str) -> tuple[Window, ...]:
    """That day; before that instant; at or after that instant. All that are given must hold."""
    windows = []
    day = _instant(query, name)
    if day is not None:
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        is_last = midnight.date() == date.max  # after which there is no midnight
        windows.append(Window(midnight, None if is_last else midnight + timedelta(days=1)))
    before, after = _instant(query, f"{name}<"), _instant(query, f"{name}>")
    if before is not None or after is not None:
        windows.append(Window(after, before))
    return tuple(windows)


class _Pages:
    """The relative URIs of a list's pages, with the filters the client gave."""

    def __init__(self, call: Call, size: int) -> None:
        kept = [(name, value) for name in _FILTERS for value in call.query.get(name, ())[:1]]
        self._start = f"{call.path}?{encoded([*kept, ('PageSize', str(size))])}"

    def of(self, page: int, token: str | None) -> str:
        last = [("Page", str(page))] if token is None else [("Page", str(page)), ("PageToken", token)]
        return f"{self._start}&{encoded(last)}"
