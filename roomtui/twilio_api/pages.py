"""A list of Twilio's read page by page and record by record, without reading again what has not changed. Pure.

Ten thousand rooms are ten megabytes of JSON every two seconds, nearly all of it the same as before. So a record is
known by a digest of its text: where the text that comes next is the text that came next the last time, it is neither
decoded nor read, and the resource is the very same object. Whatever differs by a single character is read anew.
"""

from __future__ import annotations

import json
import re
from array import array
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, NoReturn, TypeVar

from roomtui.twilio_api.answers import fraction, no_constant, not_twilio
from roomtui.twilio_api.errors import NotTwilio

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from roomtui.rooms.calls import Call
    from roomtui.rooms.model import Participant, Room, Track
    from roomtui.twilio_api.as_told import RoomAsTold

_AT_A_TIME: Final = 64
"""Records read between two pauses: about 1 ms."""

_RUN: Final = 64
"""Records that are compared in one go where they stand together again."""

_DECODER: Final = json.JSONDecoder(parse_constant=no_constant, parse_float=fraction)
_SPACE: Final = r"[ \t\n\r]*"
_OPEN: Final = re.compile(rf"{_SPACE}[{{\[]{_SPACE}")
_COLON: Final = re.compile(rf"{_SPACE}:{_SPACE}")
_NEXT_FIELD: Final = re.compile(rf"{_SPACE}([,}}]){_SPACE}")
_NEXT_RECORD: Final = re.compile(rf"{_SPACE}([,\]]){_SPACE}")

_Resource = TypeVar("_Resource", "Room", "Participant", "Track", "Call", "RoomAsTold")


class _Run(NamedTuple):
    """Records that stood on one page one after the other: the length and the digest of their text as a whole."""

    sids: tuple[str, ...]
    length: int
    digest: int


class Memory(Generic[_Resource]):
    """What a list held when it was last read to its end, in its order: 24 bytes a record beside the resources.

    The digest is Python's own hash of text: 64 bits, with a key that nobody outside this process knows. A record is
    compared with what was in its place or had its SID, so two that are taken for each other are a matter of 10**19.

    Attributes:
        digests: of each record's text.
        lengths: of each record's text.
        resources: what was read from it.
        runs: of records that stood together, by the place of the first of them.
    """

    __slots__ = ("digests", "lengths", "resources", "runs")

    def __init__(self) -> None:
        self.digests = array("q")
        self.lengths = array("L")
        self.resources: list[_Resource] = []
        self.runs: dict[int, _Run] = {}

    def note(self, digest: int, length: int, resource: _Resource) -> None:
        """One more record: its text's digest and length, and what was read from it."""
        self.digests.append(digest)
        self.lengths.append(length)
        self.resources.append(resource)

    def note_again(self, before: Memory[_Resource], first: int, after: int) -> None:
        """More records, as they were `before` from the place `first` up to the place `after`."""
        self.digests.extend(before.digests[first:after])
        self.lengths.extend(before.lengths[first:after])
        self.resources.extend(before.resources[first:after])

    def note_run(self, first: int, text: str) -> None:
        """The records from the place `first` on, if there are some, stand together: this is their text."""
        sids = tuple([resource.sid for resource in self.resources[first:]])
        if len(sids) > 1:
            self.runs[first] = _Run(sids, len(text), hash(text))

    def become(self, other: Memory[_Resource]) -> None:
        """Forget everything but what `other` holds."""
        self.digests, self.lengths, self.resources = other.digests, other.lengths, other.resources
        self.runs = other.runs


class _Together(Generic[_Resource]):
    """Records that are read from `text` one after the other, and will be compared as one when they come again."""

    __slots__ = ("_end", "_first", "_memory", "_since", "_text")

    def __init__(self, memory: Memory[_Resource], text: str) -> None:
        self._memory: Memory[_Resource] = memory
        self._text = text
        self._since: int | None = None
        self._first = self._end = 0

    def begin(self, at: int) -> None:
        """The next record begins at `at`: with it a run, unless one goes on."""
        if self._since is None:
            self._since, self._first, self._end = at, len(self._memory.resources), at

    def reach(self, end: int) -> None:
        """What was noted last ends at `end`."""
        self._end = end
        if len(self._memory.resources) - self._first >= _RUN:
            self.close()

    def close(self) -> None:
        """What comes next does not belong to it."""
        if self._since is not None:
            self._memory.note_run(self._first, self._text[self._since : self._end])
            self._since = None


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
        together = _Together(self._now, text)
        separator, work = ", {", 0
        while True:
            together.begin(at)
            run = self._run(text, at)
            if run is not None:
                at += run.length
                self._again(run, fresh, together, at)
            else:
                at, is_news = self._one(text, at, fresh, together)
                work += is_news
            if text.startswith(separator, at):
                at += len(separator) - 1
            else:
                at, separator = self._between(text, at)
                if not separator:
                    together.close()
                    return at
            if work >= _AT_A_TIME:
                work = 0
                yield

    def _run(self, text: str, at: int) -> _Run | None:
        """The run of records that is expected next, if it is what stands at `at`."""
        run = self._before.runs.get(self._expected)
        if run is None or hash(text[at : at + run.length]) != run.digest or not self._sids.isdisjoint(run.sids):
            return None
        return run

    def _again(self, run: _Run, fresh: list[_Resource], together: _Together[_Resource], end: int) -> None:
        """All records of the run that ends at `end` are as they were."""
        place = self._expected
        self._expected = after = place + len(run.sids)
        self._sids.update(run.sids)
        fresh += self._before.resources[place:after]
        if len(run.sids) >= _RUN // 2:
            together.close()
            self._now.runs[len(self._now.resources)] = run
            self._now.note_again(self._before, place, after)
        else:  # a short one becomes part of a longer one
            self._now.note_again(self._before, place, after)
            together.reach(end)

    def _one(self, text: str, at: int, fresh: list[_Resource], together: _Together[_Resource]) -> tuple[int, bool]:
        """Read the record at `at`: the place after its end, and whether it had to be decoded."""
        place, before = self._expected, self._before
        known = place < len(before.lengths) and hash(text[at : at + before.lengths[place]]) == before.digests[place]
        if known:
            self._expected += 1
            digest, length, resource = before.digests[place], before.lengths[place], before.resources[place]
        else:
            digest, length, resource = self._unexpected(text, at)
        if resource.sid in self._sids:
            together.close()
        else:
            self._sids.add(resource.sid)
            fresh.append(resource)
            if self._memory is not None:
                self._now.note(digest, length, resource)
            together.reach(at + length)
        return at + length, not known

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
