"""Where files live (XDG base directories)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from platformdirs import user_config_path, user_state_path

_PLAIN_NAME: Final = re.compile(r"[\w-]{1,48}", re.ASCII)


def config_file() -> Path:
    """Where the profiles are, unless `--config` says otherwise."""
    return user_config_path("roomtui") / "config.toml"


def twilio_cli_file() -> Path:
    """Where Twilio's own command line keeps its profiles."""
    return Path.home() / ".twilio-cli" / "config.json"


def journal_file(name: str) -> Path:
    """The journal of the profile of this name; the name may hold anything, the file's name does not."""
    return user_state_path("roomtui") / f"journal-{_plain(name)}.jsonl"


def state_file(name: str) -> Path:
    """Where the dashboard of this profile remembers things; as for the journal."""
    return user_state_path("roomtui") / f"state-{_plain(name)}.json"


def _plain(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return name
    import hashlib  # noqa: PLC0415 - few names need it

    # Shortened and made plain it might be another profile's; the digest keeps the two apart.
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{re.sub(r'[^a-zA-Z0-9_-]', '_', name[:32])}-{digest}"
