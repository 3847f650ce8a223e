"""What is typed to find rooms, and what rules are written in: words and terms, all of which must hold.

`standup people:>3 !region:us` - a plain word is searched everywhere, `!` inverts, quotes keep spaces together, `@name`
is a filter that was saved under that name. Half of it is always being typed: nothing here raises, and what is not
understood is left out of account and complained about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.judging import NO, YES, Asking, Found, Verdict, text_of
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.terms import ALIASES, TERMS, anywhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from roomtui.rooms.judging import Entry, Judge, TextOf

__all__ = ["LONGEST", "Found", "Query", "Verdict", "complete", "completed", "parse"]

LONGEST: Final = 500
"""Characters of a query; what is behind them is left out."""
_NESTED: Final = 4
_CHOICES: Final = 8
_WORTH_COMPLETING: Final = 2
_PARTS_OF_TEXT: Final = frozenset({None, "name", "who", "sid"})

# Alternatives that exclude one another, so that no text takes long; a quote that nobody closes goes to the end.
_TOKEN: Final = re.compile(r'(?P<nots>!*)(?:(?P<key>[A-Za-z]+):|(?P<view>@))?(?P<value>(?:[^\s"]|"[^"]*(?:"|\Z))*)')


class _Token(NamedTuple):
    """A word of the query: where it stands, `!`s, the term's name if it has the form of one, and what is asked."""

    start: int
    end: int
    inverted: bool
    key: str | None
    is_view: bool
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """What rooms are asked for.

    Attributes:
        text: as it was typed.
        complaints: what was not understood, in plain words.
    """

    text: str
    complaints: tuple[str, ...] = ()
    _judges: Mapping[_Asked, Judge] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing: every room is what it asks for."""
        return not self._judges

    def judge(self, entry: Entry, now: datetime, *, hide: bool = False) -> Verdict:
        """Whether this room is asked for at this instant of Twilio's time; what is hidden is not searched."""
        return self.look(entry, now.timestamp(), partial(text_of, hide=hide)).verdict

    def look(self, entry: Entry, now: float, text: TextOf) -> Found:
        """The same, and until when that holds.

        Args:
            entry: the room.
            now: seconds since the epoch, of Twilio's time.
            text: what is searched of a room (`terms.text_of`, or something that keeps what it said).
        """
        return self.judging(Asking(lambda: now, text), entry)

    @property
    def judging(self) -> Judge:
        """What `look` asks, for whoever has many rooms to ask about."""
        return _together(self._judges)

    def narrows(self, other: Query) -> bool:
        """Whether it is certain that no room that `other` says no to is what is asked for here."""
        return all(any(each.implies(wider) for each in self._judges) for wider in other._judges)


NOTHING: Final = Query("")
"""Asks for nothing."""


def parse(text: str, views: Mapping[str, str] | None = None) -> Query:
    """What `text` asks for; `views` are filters by the names under which they were saved."""
    complaints: list[str] = []
    judges = _judges(text, _Reading(views or {}, complaints), ())
    return Query(text, tuple(dict.fromkeys(complaints)), judges)


class _Asked(NamedTuple):
    """One thing that is asked: by which term (None: a plain word; "@": a saved filter), and what."""

    inverted: bool
    key: str | None
    value: str

    def implies(self, other: _Asked) -> bool:
        """Whether what has this has the other, too."""
        if self == other:
            return True
        same = not self.inverted and not other.inverted and self.key == other.key
        return same and self.key in _PARTS_OF_TEXT and other.value in self.value


class _Reading(NamedTuple):
    views: Mapping[str, str]
    complaints: list[str]


def _judges(text: str, reading: _Reading, within: tuple[str, ...]) -> dict[_Asked, Judge]:
    if len(text) > LONGEST:
        reading.complaints.append(f"what is behind the first {LONGEST} characters is left out")
    found: dict[_Asked, Judge] = {}
    for token in _tokens(text[:LONGEST]):
        asked = _asked(token, reading)
        judge = None if asked in found else _judge(asked, reading, within)
        if judge is not None:
            found[asked] = judge
    return found


def _asked(token: _Token, reading: _Reading) -> _Asked:
    if token.is_view:
        return _Asked(token.inverted, "@", token.value)
    if token.key is None:
        return _Asked(token.inverted, None, token.value.casefold())
    key = token.key.casefold()
    name = ALIASES.get(key, key)
    if name in TERMS:
        return _Asked(token.inverted, name, token.value.casefold())
    # Names have colons, too; but what is nearly a term was probably meant for one.
    from difflib import get_close_matches  # noqa: PLC0415  # 5 ms that only those who mistype shall pay

    near = get_close_matches(name, TERMS, 1, 0.75)
    if near:
        reading.complaints.append(f"there is no {name}: but {TERMS[near[0]].example}; it is searched as it stands")
    return _Asked(token.inverted, None, f"{token.key}:{token.value}".casefold())


def _judge(asked: _Asked, reading: _Reading, within: tuple[str, ...]) -> Judge | None:
    inverted, key, value = asked
    if key == "@":
        judges = _of_view(value, reading, within)
        if not judges:
            return None
        return partial(_inverted, _together(judges)) if inverted else _together(judges)
    if key is None:
        if not value:
            return None
        return partial(_inverted, anywhere(value)) if inverted else anywhere(value)
    term = TERMS[key]
    try:
        judge = term.make(value)
    except ValueError:
        reading.complaints.append(term.complaint)
        return None
    judge = partial(_inverted, judge) if inverted else judge
    return partial(_of_live, judge) if term.live_only else judge


def _together(judges: Mapping[_Asked, Judge]) -> Judge:
    if len(judges) == 1:
        return next(iter(judges.values()))
    return partial(_all_hold, tuple(judges.values()))


def _of_view(name: str, reading: _Reading, within: tuple[str, ...]) -> dict[_Asked, Judge]:
    text = reading.views.get(name)
    if text is None:
        known = f"; there are {', '.join(f'@{each}' for each in reading.views)}" if reading.views else ""
        reading.complaints.append(f"no filter was saved as @{name}{known}")
        return {}
    if name in within or len(within) >= _NESTED:
        reading.complaints.append(f"@{name} leads back to itself" if name in within else f"@{name} is nested too deep")
        return {}
    return _judges(text, reading, (*within, name))


def _all_hold(judges: tuple[Judge, ...], asking: Asking, entry: Entry) -> Found:
    waits, until = False, YES.until
    for judge in judges:
        found = judge(asking, entry)
        if found.verdict is Verdict.NO:
            return found
        waits = waits or found.verdict is Verdict.WAITING
        until = min(until, found.until)
    if until == YES.until and not waits:
        return YES
    return Found(Verdict.WAITING if waits else Verdict.YES, until)


_OPPOSITE: Final = {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES, Verdict.WAITING: Verdict.WAITING}


def _inverted(judge: Judge, asking: Asking, entry: Entry) -> Found:
    found = judge(asking, entry)
    if found is NO:
        return YES
    return NO if found is YES else Found(_OPPOSITE[found.verdict], found.until)


def _of_live(judge: Judge, asking: Asking, entry: Entry) -> Found:
    return NO if isinstance(entry, EndedRoom) else judge(asking, entry)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:  # there is no such text; but nobody shall wait for ever
            return
        yield _Token(
            start=at,
            end=found.end(),
            inverted=len(found["nots"]) % 2 == 1,
            key=found["key"],
            is_view=found["view"] is not None,
            value=found["value"].replace('"', ""),
        )
        at = found.end()


# -- completion


def complete(
    text: str, cursor: int, known: Callable[[str, str], Iterable[str]], views: Iterable[str] = ()
) -> tuple[str, ...]:
    """What the word that ends at `cursor` may become, most likely first; see `completed`.

    Args:
        text: the query.
        cursor: where in it is typed.
        known: for a term's name and the beginning of a value (caseless), values that are known to begin so; for the
            name "" all that a plain word may find.
        views: the names of saved filters.
    """
    token = next((each for each in _tokens(text) if each.end == cursor), None)
    if token is None:
        return ()
    signs = "!" if token.inverted else ""
    made = (f"{signs}{choice}" for choice in _choices(token, known, views))
    word = text[token.start : token.end]
    return tuple(dict.fromkeys(choice for choice in made if choice != word))[:_CHOICES]


def completed(text: str, cursor: int, choice: str) -> tuple[str, int]:
    """The query with the word that ends at `cursor` replaced by `choice`, and where the cursor is then."""
    token = next((each for each in _tokens(text) if each.end == cursor), None)
    if token is None:
        return text, cursor
    return text[: token.start] + choice + text[cursor:], token.start + len(choice)


def _choices(token: _Token, known: Callable[[str, str], Iterable[str]], views: Iterable[str]) -> Iterator[str]:
    begun = token.value.casefold()
    if token.is_view:
        yield from (saved_as(name) for name in views if name.casefold().startswith(begun))
        return
    if token.key is None:
        if begun:
            yield from (f"{name}:" for name in TERMS if name.startswith(begun))
        if len(begun) >= _WORTH_COMPLETING:
            yield from map(_quoted, _plain(known("", begun)))
        return
    key = token.key.casefold()
    name = ALIASES.get(key, key)
    if name in TERMS:
        before, comma, last = (
            token.value.rpartition(",") if name in {"type", "region", "state"} else ("", "", token.value)
        )
        values = (
            *(each for each in TERMS[name].choices if each.startswith(last.casefold())),
            *known(name, last.casefold()),
        )
        yield from (f"{token.key}:{_quoted(before + comma + value)}" for value in _plain(values))


def saved_as(name: str) -> str:
    """The query that asks for what was saved under this name."""
    return f"@{_quoted(name)}"


def _plain(values: Iterable[str]) -> Iterator[str]:
    return (value for value in values if value and '"' not in value)


def _quoted(value: str) -> str:
    needs = not value or any(each.isspace() for each in value) or value.startswith(("!", "@"))
    return f'"{value}"' if needs else value
