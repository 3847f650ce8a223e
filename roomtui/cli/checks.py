"""What `roomtui doctor` finds: one line each, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(str, Enum):
    """How it is with something."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. All texts are safe to show, and hold no secret.

    Attributes:
        name: what was looked at.
        status: how it is.
        detail: what was found, a phrase.
        mend: what to do, a sentence; empty where there is nothing to be done.
    """

    name: str
    status: Status
    detail: str
    mend: str = ""


def ok(name: str, detail: str) -> Check:
    """All is well."""
    return Check(name, Status.OK, detail)


def warn(name: str, detail: str, mend: str) -> Check:
    """Something works less well than it could."""
    return Check(name, Status.WARN, detail, mend)


def fail(name: str, detail: str, mend: str) -> Check:
    """Something does not work."""
    return Check(name, Status.FAIL, detail, mend)
