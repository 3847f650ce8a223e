"""Which rooms we have ended ourselves, by what stands in the journal: Twilio does not tell who ended a room."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    Ours: TypeAlias = Callable[[datetime | None], frozenset[str]]

_SIGN: Final = b'"end-room"'
_DONE: Final = frozenset({"ended", "not-verified"})
"""Outcomes after which it was we who ended it: where it could not be verified, Twilio had said yes."""


def ended_by_nobody(since: datetime | None) -> frozenset[str]:
    """What is known without a journal."""
    del since
    return frozenset()


def ended_by_us(path: Path, since: datetime | None) -> frozenset[str]:
    """The SIDs of the rooms that the journal at `path` says that we ended, at `since` or later (None: ever).

    Reads as far back as that, which may take a while. A journal that is not there or cannot be read says nothing.
    """
    found: set[str] = set()
    try:
        reader = JournalReader(path)
    except OSError:
        return frozenset()
    try:
        while lines := reader.older():
            for line in lines:
                if _SIGN in line.raw:
                    found.update(_ended(line.raw))
            if since is not None and _is_before(lines[0].raw, since):
                break
    except OSError:
        pass
    finally:
        reader.close()
    return frozenset(found)


def _ended(raw: bytes) -> set[str]:
    line = _read(raw)
    done = line.get("action") == "end-room" and line.get("phase") == "after" and line.get("outcome") in _DONE
    sid = line.get("room_sid")
    return {sid} if done and isinstance(sid, str) else set()


def _is_before(raw: bytes, since: datetime) -> bool:
    at = _read(raw).get("at")
    try:
        return isinstance(at, str) and datetime.fromisoformat(at) < since
    except (ValueError, TypeError):
        return False


def _read(raw: bytes) -> dict[str, object]:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}
