"""The profiles that Twilio's own command line keeps in `~/.twilio-cli/config.json`.

Written by twilio-cli-core, `src/services/config.js`: `profiles` maps a name to `accountSid`, `apiKey`, `apiSecret`
(since version 6 of the core, 3 of the command line); `projects` is the older list of `id`, `accountSid`, whose secrets
are in the system's keychain, below the service `twilio-cli` and the profile's name, as key and secret with a bar
between (`src/services/secure-storage.js`); `activeProject` is the name of the profile in use. `region` and `edge` are
left alone: they would send the credentials somewhere else than `--api-url` says.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from roomtui.own_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVICE: Final = "twilio-cli"
_LARGEST: Final = 1_000_000
_OTHERS_MAY_READ: Final = 0o077


@dataclass(frozen=True, slots=True)
class TwilioCli:
    """What is there of Twilio's command line.

    Attributes:
        path: its file.
        profiles: by name, with our names for its keys: `account_sid`, `api_key`, `api_secret`; the latter two only
            where they are in the file.
        active: the profile in use, if there is one.
        others_may_read: whether its secrets are open to others; it writes its file so.
    """

    path: Path
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    active: str | None = None
    others_may_read: bool = False


def read(path: Path) -> TwilioCli:
    """What is in the file; nothing where there is none or it is not understood: it is not ours to complain of."""
    try:
        with os.fdopen(open_plain(path, largest=_LARGEST), "rb") as file:
            about = os.fstat(file.fileno())
            document = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return TwilioCli(path)
    if not isinstance(document, dict):
        return TwilioCli(path)
    profiles = {**_projects(document.get("projects")), **_profiles(document.get("profiles"))}
    has_secret = [name for name, profile in profiles.items() if "api_secret" in profile]
    active = document.get("activeProject")
    if not isinstance(active, str) or active not in profiles:
        active = next(iter(has_secret or profiles), None)
    return TwilioCli(path, profiles, active, bool(has_secret) and bool(about.st_mode & _OTHERS_MAY_READ))


def _profiles(found: object) -> dict[str, dict[str, str]]:
    if not isinstance(found, dict):
        return {}
    return {name: _ours(values) for name, values in found.items() if isinstance(values, dict) and _ours(values)}


def _projects(found: object) -> dict[str, dict[str, str]]:
    if not isinstance(found, list):
        return {}
    known = [each for each in found if isinstance(each, dict) and isinstance(each.get("id"), str) and _ours(each)]
    return {each["id"]: _ours(each) for each in known}


def _ours(values: dict[str, Any]) -> dict[str, str]:
    names = {"account_sid": "accountSid", "api_key": "apiKey", "api_secret": "apiSecret"}
    ours = {name: values.get(theirs) for name, theirs in names.items()}
    texts = {name: text for name, text in ours.items() if isinstance(text, str) and text}
    return texts if "account_sid" in texts else {}
