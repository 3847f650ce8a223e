"""A list of Twilio's read page by page and record by record, without reading again what has not changed. Pure.

Ten thousand rooms are ten megabytes of JSON every two seconds, nearly all of it the same as before. So a record is
known by a digest of its text: where the text that comes next is the text that came next the last time, it is neither
decoded nor read, and the resource is the very same object. Whatever differs by a single character is read anew.
"""

from __future__ import annotations

import json
import re
from array import array
from typing import TYPE_CHECKING, Final, Generic, NoReturn, TypeVar

from roomtui.twilio_api.answers import fraction, no_constant, not_twilio
from roomtui.twilio_api.errors import NotTwilio

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from roomtui.rooms.calls import Call
    from roomtui.rooms.model import Participant, Room, Track
    from roomtui.twilio_api.as_told import RoomAsTold

_AT_A_TIME: Final = 100
"""Records read between two pauses: about 2 ms."""

_DECODER: Final = json.JSONDecoder(parse_constant=no_constant, parse_float=fraction)
_SPACE: Final = r"[ \t\n\r]*"
_OPEN: Final = re.compile(rf"{_SPACE}[{{\[]{_SPACE}")
_COLON: Final = re.compile(rf"{_SPACE}:{_SPACE}")
_NEXT_FIELD: Final = re.compile(rf"{_SPACE}([,}}]){_SPACE}")
_NEXT_RECORD: Final = re.compile(rf"{_SPACE}([,\]]){_SPACE}")

_Resource = TypeVar("_Resource", "Room", "Participant", "Track", "Call", "RoomAsTold")


class Memory(Generic[_Resource]):
    """What a list held when it was last read to its end, in its order: 24 bytes a record beside the resources.

    The digest is Python's own hash of text: 64 bits, with a key that nobody outside this process knows. A record is
    compared with what was in its place or had its SID, so two that are taken for each other are a matter of 10**19.
    """

    __slots__ = ("digests", "lengths", "resources")

    def __init__(self) -> None:
        self.digests = array("q")
        self.lengths = array("L")
        self.resources: list[_Resource] = []

    def note(self, digest: int, length: int, resource: _Resource) -> None:
        """One more record: its text's digest and length, and what was read from it."""
        self.digests.append(digest)
        self.lengths.append(length)
        self.resources.append(resource)

    def become(self, other: Memory[_Resource]) -> None:
        """Forget everything but what `other` holds."""
        self.digests, self.lengths, self.resources = other.digests, other.lengths, other.resources


class Reading(Generic[_Resource]):
    """One reading of a list, page after page, each record's SID once: a list changes while it is read.

    Attributes:
        key: the list's name in its envelope.
        next_url: where the page after the last one read is, or None if it was the last; it may be relative to the
            API's own address. From outside: check its host.
    """

    def __init__(
        self,
        host: str,
        key: str,
        read: Callable[[Mapping[str, object]], _Resource],
        memory: Memory[_Resource] | None = None,
    ) -> None:
        """Begin.

        Args:
            host: whom we ask, for people.
            key: the list's name in its envelope.
            read: reads one record.
            memory: what the list held the last time; `finish` brings it up to date.
        """
        self.next_url: str | None = None
        self._host = host
        self.key = key
        self._read: Callable[[Mapping[str, object]], _Resource] = read
        self._memory: Memory[_Resource] | None = memory
        # Looked at only, and its own: another reading may end before this one, and change the memory.
        self._before: Memory[_Resource] = Memory()
        self._now: Memory[_Resource] = Memory()
        if memory is not None:
            self._before.become(memory)
        self._expected = 0
        self._places: dict[str, int] | None = None
        self._sids: set[str] = set()

    def page(self, text: str, fresh: list[_Resource]) -> Generator[None, None, None]:
        """Read one page's JSON; append to `fresh` what the pages before did not have. Pauses every few milliseconds.

        Raises:
            NotTwilio: it is no page of such a list.
        """
        opening = _OPEN.match(text)
        if opening is None or "{" not in opening[0]:
            self._decode(text.strip(), 0)
            raise not_twilio(self._host, "JSON, but no object")
        envelope: dict[str, object] = {}
        listed = False
        at, more = opening.end(), True
        if text.startswith("}", at):
            at, more = _skip(_NEXT_FIELD, text, at), False
        while more:
            name, at = self._decode(text, at)
            colon = _COLON.match(text, at)
            if not isinstance(name, str) or colon is None:
                self._broken()
            if name == self.key and not listed:
                at = yield from self._records(text, colon.end(), fresh)
                listed = True
            elif name == self.key:
                self._broken()  # two lists: which of them is meant?
            else:
                envelope[name], at = self._decode(text, colon.end())
            mark = _NEXT_FIELD.match(text, at)
            if mark is None:
                self._broken()
            at, more = mark.end(), mark[1] == ","
        if at != len(text):
            self._broken()
        if not listed:
            raise NotTwilio(f"The answer is not Twilio's: it has no list of {self.key}. Is the API URL right?")
        self.next_url = _next_url(envelope, self.key)

    def finish(self) -> None:
        """The list has been read to its end: remember it, and forget what it does not have any more."""
        if self._memory is not None:
            self._memory.become(self._now)

    def _records(self, text: str, at: int, fresh: list[_Resource]) -> Generator[None, None, int]:
        """Read the list that begins at `at`; the place after its end."""
        if not text.startswith("[", at):
            self._decode(text, at)
            raise NotTwilio(f"The answer is not Twilio's: it has no list of {self.key}. Is the API URL right?")
        at = _skip(_OPEN, text, at)
        if text.startswith("]", at):
            return at + 1
        digests, lengths, resources = self._before.digests, self._before.lengths, self._before.resources
        remembers, sids, note = self._memory is not None, self._sids, self._now.note
        separator = ", {"
        work = 0
        while True:
            place = self._expected
            if place < len(lengths) and hash(text[at : at + lengths[place]]) == digests[place]:
                self._expected += 1
                digest, length, resource = digests[place], lengths[place], resources[place]
            else:
                digest, length, resource = self._unexpected(text, at)
                work += 1
            at += length
            if resource.sid not in sids:
                sids.add(resource.sid)
                fresh.append(resource)
                if remembers:
                    note(digest, length, resource)
            if text.startswith(separator, at):
                at += len(separator) - 1
            else:
                at, separator = self._between(text, at)
                if not separator:
                    return at
            if work >= _AT_A_TIME:
                work = 0
                yield

    def _unexpected(self, text: str, at: int) -> tuple[int, int, _Resource]:
        """Decode the record at `at`: its digest, its length, and what it is."""
        record, end = self._decode(text, at)
        if not isinstance(record, dict):
            raise NotTwilio(f"The answer is not Twilio's: its {self.key} are no records. Is the API URL right?")
        digest = hash(text[at:end]) if self._memory is not None else 0
        return digest, end - at, self._elsewhere(record, digest) or self._made(record, text, at, end)

    def _made(self, record: dict[str, object], text: str, at: int, end: int) -> _Resource:
        """What the record says that stands in `text` from `at` to `end`."""
        del text, at, end
        return self._read(record)

    def _between(self, text: str, at: int) -> tuple[int, str]:
        """Where the next record is, and what stands before it with its brace; nothing after the last one."""
        mark = _NEXT_RECORD.match(text, at)
        if mark is None:
            self._broken()
        return mark.end(), "" if mark[1] == "]" else f"{mark[0]}{{"

    def _elsewhere(self, record: dict[str, object], digest: int) -> _Resource | None:
        """What was read from the same text when it stood in another place; go on from there."""
        before = self._before
        if not before.resources:
            return None
        if self._places is None:
            self._places = {resource.sid: place for place, resource in enumerate(before.resources)}
        place = self._places.get(sid) if isinstance(sid := record.get("sid"), str) else None
        if place is None:
            return None
        self._expected = place + 1
        return before.resources[place] if before.digests[place] == digest else None

    def _decode(self, text: str, at: int) -> tuple[object, int]:
        try:
            return _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):  # RecursionError: brackets only
            self._broken()

    def _broken(self) -> NoReturn:
        raise not_twilio(self._host, "broken JSON") from None


def _skip(mark: re.Pattern[str], text: str, at: int) -> int:
    """The place after a mark that is known to be at `at`."""
    found = mark.match(text, at)
    return found.end() if found is not None else at


def _next_url(envelope: Mapping[str, object], key: str) -> str | None:
    """Where the next page is.

    The older API (2010-04-01) has no `meta`, but a `next_page_uri` that is relative to the address of the API.
    """
    meta = envelope.get("meta")
    next_url = meta.get("next_page_url") if isinstance(meta, dict) else envelope.get("next_page_uri")
    if isinstance(next_url, str) and not isinstance(meta, dict):
        next_url = next_url.lstrip("/")  # below the API's address, which may have a path of its own
    if next_url is not None and not isinstance(next_url, str):
        raise NotTwilio(f"The answer is not Twilio's: the next page of its {key} has no address.")
    return next_url or None
