"""What is wrong with the configuration, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ConfigError(Exception):
    """The configuration is wrong; `str()` is one sentence: where, what, and what to do."""


class CredentialsMissingError(ConfigError):
    """There are no credentials, or not all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Something wrong in the file. `str()` is one sentence for people, with its place in front, and holds no secret.

    Attributes:
        sentence: what is wrong, and what would be right.
        path: the file.
        line: where in it, from 1; None where it is about the whole file.
        profile: the profile it is in; None where it is in none.
        always: whether nothing can be done before it is mended, whichever profile is used.
    """

    sentence: str
    path: Path
    line: int | None = None
    profile: str | None = None
    always: bool = False

    def __str__(self) -> str:
        return f"{place(self.path, self.line)}: {self.sentence}"

    def hinders(self, profile: str | None) -> bool:
        """Whether this profile (None: one that is not in the file) cannot be used before it is mended."""
        return self.always or (self.profile is not None and self.profile == profile)


def place(path: Path, line: int | None) -> str:
    """File and line as editors and terminals know them: ``config.toml:7``."""
    return safe(str(path)) if line is None else f"{safe(str(path))}:{line}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the known name that is most like this one, or nothing; to be put behind a sentence."""
    from difflib import get_close_matches  # noqa: PLC0415 - only who made a mistake pays for it

    known = list(known)
    # Who writes another case or a hyphen means the same name.
    plain = {each.casefold().replace("-", "_"): each for each in known}
    matches = get_close_matches(name.casefold().replace("-", "_"), list(plain), n=1)
    return f" Did you mean {safe(plain[matches[0]])}?" if matches else ""
