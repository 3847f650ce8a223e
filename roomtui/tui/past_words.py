"""What is typed to ask for ended rooms, and what is said where none are shown."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch.past_questions import Question

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.query import Query
    from roomtui.watch.past import PastState

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""The one form that every Python reads alike; other numbers may be names."""
_DAYS_BACK: Final = re.compile(r"-(\d{1,4})", re.ASCII)


def question(typed: str, today: date) -> Question | None:
    """What is asked for: a day (``2026-11-20``, ``today``, ``yesterday``, ``-3``), else a room's whole name.

    A name that looks like a day is written behind ``name:``. None where nothing is typed.
    """
    text = typed.strip()
    if not text:
        return None
    if text.casefold().startswith("name:"):
        return Question(name=text[5:].strip())
    back = _DAYS_BACK.fullmatch(text)
    if back is not None:
        return Question(day=today - timedelta(days=int(back[1])))
    known = {"today": today, "yesterday": today - timedelta(days=1)}.get(text.casefold())
    if known is not None:
        return Question(day=known)
    try:
        return Question(day=date.fromisoformat(text)) if _DAY.fullmatch(text) else Question(name=text)
    except ValueError:
        return Question(name=text)


def called(asked: Question, today: date, *, hide: bool) -> str:
    """What was asked for, in words."""
    if asked.day is None:
        return f"named {shown(Untrusted(asked.name or ''), hide=hide)}"
    days = (today - asked.day).days
    return f"{asked.day.isoformat()}" + {0: " (today)", 1: " (yesterday)"}.get(days, "")


def nothing_to_show(state: PastState, asked: str, *, waiting: int, searches: bool) -> str:
    """Why no room is shown.

    Args:
        state: what was read.
        asked: what was asked for, in words.
        waiting: of how many rooms a filter cannot tell yet.
        searches: whether there is a filter.
    """
    read = len(state.rooms)
    if searches and read:
        if waiting:
            return f"none yet; {waiting} of {read} rooms wait to be read"
        return f"none of the {read} rooms read so far matches; enter asks Twilio for a whole name"
    if state.trouble is not None:
        return "could not be asked yet; it goes on trying"
    of_a_day = state.question is None or state.question.day is not None
    if state.loading:
        return f"asking Twilio {'which rooms ended on' if of_a_day else 'for ended rooms'} {asked}"
    again = "; down looks further" if state.more else "; left is the day before" if of_a_day else ""
    return f"{'no room ended on' if of_a_day else 'no ended room is'} {asked}{again}"


def below(state: PastState, *, searches: bool) -> str:
    """What stands below the last room: whether there are more."""
    if not state.more or state.trouble is not None:
        return ""
    if state.loading:
        return "reading more"
    searched = f"only the {len(state.rooms)} read so far were searched; " if searches else ""
    return f"{searched}there may be more: down reads on"


def said_of_filter(query: Query, found: int, waiting: int) -> str:
    """What came of a filter: how many rooms it lets through, and of how many it cannot tell yet."""
    if query.complaints:
        return "not all understood"
    return f"{found}, {waiting} waiting" if waiting else str(found)


def trouble(state: PastState, now: datetime) -> str | None:
    """Why nothing more is read, and when it is tried again; None while all is well."""
    if state.trouble is None:
        return None
    wait = 0 if state.next_try is None else max(0, round((state.next_try - now).total_seconds()))
    again = f"next try in {wait} s" if wait else "trying again"
    return f"The ended rooms could not be read: {state.trouble.rstrip('.')}; {again}."
