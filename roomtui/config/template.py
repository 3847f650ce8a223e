"""A new configuration file: every key there is, explained, none of them in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.config import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from roomtui.config.keys import Key

SCHEMA_NAME: Final = "roomtui.schema.json"
"""The file beside it in which an editor finds the schema."""

_BEGINNING: Final = f"""\
#:schema ./{SCHEMA_NAME}
# The accounts that roomtui watches. `roomtui config check` tells what is wrong in here, `roomtui config show` what is
# in force and why. Keep this file to yourself (chmod 600): where others may read it, its secrets are not used.
"""
_PROFILE: Final = """
# An account. As many as you like; P on the dashboard changes between them.
# [profiles.acme-prod]
"""
_FOR_ALL: Final = """
# What follows holds for all profiles; in a profile, it holds for that one.
"""
_TABLES: Final = """
# Filters by name; @busy filters by it. [profiles.acme-prod.views] are those of one profile.
# [views]
# busy = "people:>3"

# Other keys than the usual ones: the name of what a key does (`roomtui config check` knows them all), and its keys.
# [keys]
# "room.end" = "e,delete"

# What is to be called to attention. [[profiles.acme-prod.alerts]] are those of one profile.
# [[alerts]]
"""


def template() -> str:
    """The text of a new file. All of it are comments."""
    return "".join(
        (
            _BEGINNING,
            "\n",
            *_lines([keys.DEFAULT_PROFILE]),
            _FOR_ALL,
            *_lines(key for key in keys.SETTINGS if key.name in keys.ON_TOP),
            _TABLES,
            *_lines(keys.ALERT_KEYS),
            _PROFILE,
            *_lines((*keys.CREDENTIALS, *(key for key in keys.SETTINGS if key.name not in keys.ON_TOP))),
        )
    )


def _lines(known: Iterable[Key]) -> Iterator[str]:
    for key in known:
        yield f"# {key.name} = {key.example}  # {key.meaning}\n"
