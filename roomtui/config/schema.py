"""The configuration file as a JSON schema, for editors that complete and check TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from roomtui.config import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roomtui.config.keys import Key

DRAFT: Final = "http://json-schema.org/draft-04/schema#"
"""The oldest draft in use: every language server for TOML knows it, and some know no later one."""


def schema() -> dict[str, Any]:
    """What may stand in the file."""
    alerts = {
        "type": "array",
        "description": "What is to be called to attention.",
        "items": _table(keys.ALERT_KEYS, required=list(keys.ALERT_MUST_HAVE)),
    }
    profile = _table((*keys.CREDENTIALS, *keys.SETTINGS, keys.VIEWS), also={keys.ALERTS: alerts})
    profiles = {
        "type": "object",
        "description": "The accounts, by names of your own: [profiles.NAME].",
        "additionalProperties": profile,
    }
    top = _table(keys.ON_TOP.values(), also={keys.PROFILES: profiles, keys.ALERTS: alerts})
    return {"$schema": DRAFT, "title": "Configuration of roomtui", **top}


def _table(
    known: Iterable[Key], *, also: dict[str, Any] | None = None, required: list[str] | None = None
) -> dict[str, Any]:
    properties = {key.name: _property(key) for key in known}
    return {
        "type": "object",
        "properties": {**properties, **(also or {})},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _property(key: Key) -> dict[str, Any]:
    meaning = f"{key.meaning[0].upper()}{key.meaning[1:]}."
    default = {} if key.default is None else {"default": key.default}
    return {**key.kind.schema, "description": meaning, **default}
