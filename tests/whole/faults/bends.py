"""Every way in which an answer can be wrong, as something that `Middle` does to it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.whole.faults.middle import Exchange, Message, pass_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.whole.faults.middle import Bend

    Record: TypeAlias = "dict[str, Any]"

PAGE: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
BEHIND_HEADERS: Final = (("Content-Type", "application/json; charset=utf-8"),)
_TOO_BIG: Final = 40 * 1024 * 1024
_LISTS: Final = ("rooms", "participants", "published_tracks")


# -- the connection


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def close(exchange: Exchange) -> None:
    exchange.close()


async def silent(exchange: Exchange) -> None:
    await exchange.hang()


async def drip(exchange: Exchange) -> None:
    """One byte after the other, one a second; in tests as much faster as their time-outs are shorter."""
    for byte in (await exchange.truth()).encoded():
        await exchange.raw(bytes([byte]))
        try:
            await asyncio.wait_for(asyncio.shield(exchange.middle.over.wait()), exchange.middle.drip)
        except asyncio.TimeoutError:
            continue
        return exchange.close()
    return None


async def half(exchange: Exchange) -> None:
    """It breaks off in the middle of the body."""
    told = await exchange.truth()
    await exchange.raw(told.encoded()[: -max(1, len(told.body) // 2)])
    exchange.close()


async def short(exchange: Exchange) -> None:
    """The length that is told is too small: the rest of the answer stands where the next one should."""
    told = await exchange.truth()
    await exchange.raw(told.encoded(length=max(1, len(told.body) // 2)))


async def noise(exchange: Exchange) -> None:
    """What answers does not speak HTTP."""
    await exchange.raw(b"SSH-2.0-OpenSSH_9.6\r\n" + bytes(range(256)))
    exchange.close()


async def too_big(exchange: Exchange) -> None:
    """More than anybody should take into memory."""
    head = Message("HTTP/1.1 200 OK", BEHIND_HEADERS, b"").encoded(length=_TOO_BIG)
    await exchange.raw(head + b'{"rooms": [')
    for _ in range(_TOO_BIG // 65536):
        await exchange.raw(b" " * 65536)
    exchange.close()


# -- the answer


def says(status: int, body: str, *, kind: str = "application/json", **headers: str) -> Bend:
    """This answer in the place of any; `retry_after="5"` is the header Retry-After."""
    told = tuple((name.replace("_", "-").title(), value) for name, value in headers.items())
    message = Message(f"HTTP/1.1 {status} X", (("Content-Type", kind), *told), body.encode())

    async def answer(exchange: Exchange) -> None:
        true = await exchange.truth() if exchange.request.method == "GET" else None
        date = (("Date", true.header("Date") or ""),) if true is not None else ()
        await exchange.answer(replace(message, headers=(*message.headers, *date)))

    return answer


def refuses(status: int, code: int, words: str, **headers: str) -> Bend:
    """Twilio's own no."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return says(status, json.dumps({"code": code, "message": words, "more_info": more, "status": status}), **headers)


def page(status: int, title: str) -> Bend:
    """The HTML of something in between."""
    return says(status, PAGE.format(title), kind="text/html; charset=utf-8")


def body(change: Callable[[bytes], bytes]) -> Bend:
    """The true answer with another body."""

    async def answer(exchange: Exchange) -> None:
        told = await exchange.truth()
        await exchange.answer(replace(told, body=change(told.body)))

    return answer


def records(change: Callable[[Record], Record]) -> Bend:
    """The true answer with each of its rooms, participants and tracks changed."""

    def changed(told: bytes) -> bytes:
        read = json.loads(told)
        key = next((key for key in _LISTS if key in read), None)
        if key is not None:
            read[key] = [change(dict(record)) for record in read[key]]
        elif "sid" in read:
            read = change(read)
        return json.dumps(read).encode()

    async def answer(exchange: Exchange) -> None:
        told = await exchange.truth()
        await exchange.answer(replace(told, body=changed(told.body)) if told.status < 300 else told)

    return answer


def only(part: str, bend: Bend) -> Bend:
    """Bend only what is asked of a path that ends so."""

    async def answer(exchange: Exchange) -> None:
        path = urlsplit(exchange.request.target).path
        await (bend if path.endswith(part) else pass_on)(exchange)

    return answer


def every(nth: int, bend: Bend) -> Bend:
    """Bend each so-many-th answer, but none twice in a row: whoever asks again is answered, be they ever so many."""
    number = count(1)
    bent: set[str] = set()

    async def answer(exchange: Exchange) -> None:
        target = exchange.request.target
        spared = bool(next(number) % nth) or target in bent
        (bent.discard if spared else bent.add)(target)
        await (pass_on if spared else bend)(exchange)

    return answer


# -- the records


def lean(record: Record) -> Record:
    """Without any field that can be missing."""
    kept = {"sid", "room_sid", "participant_sid", "status", "unique_name", "identity", "kind", "date_created"}
    return {key: value for key, value in record.items() if key in kept}


def nulls(record: Record) -> Record:
    """Null in every field but the SID."""
    return {key: value if key == "sid" else None for key, value in record.items()}


def all_nulls(record: Record) -> Record:
    """Null in every field."""
    return dict.fromkeys(record)


def rich(record: Record) -> Record:
    """With fields that nobody knows yet."""
    return {**record, "mood": "good", "participants_count": 99, "closes_at": "2099-01-01T00:00:00Z", "x": [{"y": None}]}


def strange(record: Record) -> Record:
    """With values that no list has."""
    known = {"status": "thinking", "type": "hologram", "media_region": "mars1", "kind": "smell"}
    return {**record, **{key: value for key, value in known.items() if key in record}}


def other_types(record: Record) -> Record:
    """Numbers in words, words in lists, times as numbers."""
    swapped: Record = {}
    for key, value in record.items():
        if key in {"sid", "room_sid", "status", "unique_name", "identity", "date_created"}:
            swapped[key] = value
        elif isinstance(value, str):
            swapped[key] = [value]
        else:
            swapped[key] = {"value": value}
    return swapped


# -- pages


def _paged(target: str, **changes: str) -> str:
    parts = urlsplit(target)
    return f"{parts.path}?{urlencode({**dict(parse_qsl(parts.query)), **changes})}"


def _is_list_of_rooms(exchange: Exchange) -> bool:
    request = exchange.request
    return request.method == "GET" and urlsplit(request.target).path.endswith("/Rooms")


def rooms_list(change: Callable[[Exchange, Record], Record], **paging: str) -> Bend:
    """The list of rooms with its envelope changed; `paging`: parameters of the question."""

    async def answer(exchange: Exchange) -> None:
        if not _is_list_of_rooms(exchange):
            return await pass_on(exchange)
        told = await exchange.truth(_paged(exchange.request.target, **paging) if paging else None)
        changed = change(exchange, json.loads(told.body))
        return await exchange.answer(replace(told, body=json.dumps(changed).encode()))

    return answer


def next_page(url: Callable[[Exchange], Any]) -> Bend:
    """The list says that it goes on there."""

    def change(exchange: Exchange, read: Record) -> Record:
        read["meta"]["next_page_url"] = url(exchange)
        return read

    return rooms_list(change)


def overlapping() -> Bend:
    """Pages of two, each beginning with the last room of the one before."""
    last: list[Record] = []

    def change(exchange: Exchange, read: Record) -> Record:
        first = "Page=" not in exchange.request.target
        before = [] if first else last[:]
        last[:] = read["rooms"][-1:]
        read["rooms"] = [*before, *read["rooms"], *before]
        return read

    return rooms_list(change, PageSize="2")


def shifting(between: Callable[[int], None]) -> Bend:
    """Pages of two, between which the world changes; `between` is told the number of the list."""
    lists = count(1)

    def change(exchange: Exchange, read: Record) -> Record:
        if "Page=" not in exchange.request.target:
            between(next(lists))
        return read

    return rooms_list(change, PageSize="2")


# -- the time


def dated(change: Callable[[datetime, int], str | None]) -> Bend:
    """Another `Date`: of the true one and the number of the answer."""
    number = count(1)

    async def answer(exchange: Exchange) -> None:
        told = await exchange.truth()
        date = told.header("Date")
        assert date is not None
        await exchange.answer(told.having("Date", change(parsedate_to_datetime(date), next(number))))

    return answer


def off(seconds: float) -> Callable[[datetime, int], str]:
    """So many seconds off."""
    return lambda date, _: format_datetime((date + timedelta(seconds=seconds)).astimezone(timezone.utc), usegmt=True)


def gone_back(date: datetime, number: int) -> str:
    """Ten seconds further back with each answer."""
    return off(-10 * number)(date, number)


def by_turns(*seconds: float) -> Callable[[datetime, int], str]:
    """By turns so many seconds off, as if several servers stood behind one address."""
    return lambda date, number: off(seconds[number % len(seconds)])(date, number)
