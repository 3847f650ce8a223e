"""Lists, page by page, so that nothing is lost or doubled while things come and go.

A page token holds the number of the last (or first) thing of the page before, not a position: things are numbered
in the order of their creation, and lists show the newest first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from roomtui.sandbox.rest.query import encoded, page_index_of, page_size_of
from roomtui.sandbox.wire import Answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.register import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roomtui.sandbox.wire import Call

LARGEST_PAGE_SIZE = 1000

_NUMBER_DIGITS = 14
_CHECK_DIGITS = 16


class Numbered(Protocol):
    """Something that has a number in the order of creation."""

    @property
    def number(self) -> int:
        """Grows with the time of creation."""


Item = TypeVar("Item", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list is of.

    Attributes:
        key: the name of the array in the answer, such as `rooms`.
        path: the list's canonical path; a room is in it by its SID, which outlives its name.
        filters: the names of the query parameters that choose what is in it.
        repeated: those of them that may be given more than once.
        largest_page: how many things a page can hold.
    """

    key: str
    path: str
    filters: Sequence[str] = ()
    repeated: Sequence[str] = ()
    largest_page: int = LARGEST_PAGE_SIZE


def list_answer(
    call: Call, listing: Listing, select: Callable[[Span], list[Item]], render: Callable[[Item], str]
) -> Answer:
    """One page and its envelope (OpenAPI, `ListRoomResponse`).

    Args:
        call: the request, with `PageSize`, `Page`, `PageToken` and the filters in its query.
        listing: what is listed.
        select: the things of a span, newest first, filters applied.
        render: one thing as JSON text.

    Raises:
        Refusal: 20001 or 20007 for paging parameters that cannot be.
    """
    size = page_size_of(call.query, listing.largest_page)
    token = first_of(call.query.get("PageToken"))
    page = page_index_of(call.query, token)
    asked = _read_token(token, listing, size)
    items = select(asked)
    next_token = previous_token = None
    if items and select(Span(1, older_than=items[-1].number)):
        next_token = _token(listing, "N", items[-1].number)
    if page > 0:
        first = items[0].number if items else (asked.older_than or asked.newer_than or 0) - 1
        previous_token = _token(listing, "P", first)
    address = _Address(call, listing, size)
    meta = {
        "page": page,
        "page_size": size,
        "first_page_url": address.of(0, None),
        "previous_page_url": address.of(page - 1, previous_token) if previous_token else None,
        "url": address.of(page, token),
        "next_page_url": address.of(page + 1, next_token) if next_token else None,
        "key": listing.key,
    }
    body = f'{{"{listing.key}": [{", ".join(map(render, items))}], "meta": {json.dumps(meta)}}}'
    return Answer(200, body)


class _Address:
    """The absolute URLs of a list's pages, with the filters the client gave."""

    def __init__(self, call: Call, listing: Listing, size: int) -> None:
        kept = [
            (name, value)
            for name in listing.filters
            for value in call.query.get(name, ())[: None if name in listing.repeated else 1]
        ]
        self._start = f"{call.origin}{listing.path}?{encoded([*kept, ('PageSize', str(size))])}"

    def of(self, page: int, token: str | None) -> str:
        if token is None:
            return f"{self._start}&Page={page}"
        return f"{self._start}&{encoded([('Page', str(page)), ('PageToken', token)])}"


def page_of(things: Sequence[Item], span: Span) -> list[Item]:
    """The span of things that are in the order of their numbers, newest first: a `select` for short lists."""
    chosen = [
        thing
        for thing in things
        if (span.older_than is None or thing.number < span.older_than)
        and (span.newer_than is None or thing.number > span.newer_than)
    ]
    chosen = chosen[: span.most] if span.newer_than is not None else chosen[-span.most :]
    return chosen[::-1]


def _token(listing: Listing, direction: str, number: int) -> str:
    """`PT`, a direction, a number, and a check that the token belongs to this list."""
    content = f"{direction}{max(number, 0):0{_NUMBER_DIGITS}x}"
    check = hashlib.blake2b(f"{listing.path} {content}".encode(), digest_size=_CHECK_DIGITS // 2)
    return f"PT{content}{check.hexdigest()}"


def _read_token(token: str | None, listing: Listing, size: int) -> Span:
    if token is None:
        return Span(size)
    direction, digits = token[2:3], token[3 : 3 + _NUMBER_DIGITS]
    try:
        number = int(digits, 16)
    except ValueError:
        number = 0
    if direction not in {"N", "P"} or token != _token(listing, direction, number):
        raise Refusal(20001, "Invalid parameter PageToken")
    return Span(size, older_than=number) if direction == "N" else Span(size, newer_than=number)
