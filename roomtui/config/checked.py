"""Everything that is wrong with the configuration, told at once.

Beyond what the reader of the file sees: filters, names of columns and bindings, and whether every profile has
credentials to be had. Nobody is asked for a secret, and Twilio is not asked at all.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

from roomtui.config.credentials import HOW_TO_KEEP, in_environment, wrong_sid
from roomtui.config.errors import Complaint, nearest
from roomtui.rooms.query import parse
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from roomtui.config.file import ConfigFile, Table


def complaints(
    file: ConfigFile,
    environ: Mapping[str, str],
    *,
    columns: Collection[str],
    bindings: Collection[str],
    themes: Collection[str],
) -> tuple[Complaint, ...]:
    """What is wrong, in the order of the lines.

    Args:
        file: the configuration file.
        environ: the environment, which may hold the secret of a profile.
        columns: the names of all columns there are.
        bindings: the ids of all bindings there are.
        themes: the names of all themes there are.
    """
    found = list(file.complaints)
    theirs = in_environment(environ)
    for profile, table in ((None, file.top), *file.profiles.items()):
        views = {**file.top.values.get("views", {}), **table.values.get("views", {})}
        for key, sentence in (
            *_of_names(table, columns, bindings, themes),
            *_of_filters(table, views),
            *(_of_credentials(table, theirs) if profile is not None else ()),
        ):
            where = f" of profile {safe(profile)}" if profile is not None else ""
            found.append(
                Complaint(
                    sentence=sentence.format(where=where),
                    path=file.path,
                    line=table.lines.get(key) or table.lines.get(""),
                    profile=profile,
                )
            )
    return tuple(sorted(found, key=lambda each: each.line or 0))


def _of_names(
    table: Table, columns: Collection[str], bindings: Collection[str], themes: Collection[str]
) -> Iterator[tuple[str, str]]:
    theme = table.values.get("theme")
    if theme is not None and theme not in themes:
        yield "theme", f"theme{{where}}: there is no theme {_text(theme)}.{_text(_known(theme, themes))}"
    for name in table.values.get("columns", ()):
        if name not in columns:
            yield "columns", f"columns{{where}}: there is no column {_text(name)}.{_text(_known(name, columns))}"
    for name in table.values.get("keys", {}):
        if name not in bindings:
            yield f"keys.{name}", f"keys: nothing is called {_text(name)}.{_text(nearest(name, bindings))}"


def _of_filters(table: Table, views: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in table.values.get("views", {}).items():
        for what in parse(text, {other: view for other, view in views.items() if other != name}).complaints:
            yield f"views.{name}", f"view {_text(name)}{{where}}: {_text(what)}."
    for alert in table.alerts:
        for what in parse(alert.when, views).complaints:
            yield f"alerts.{alert.name}", f"when in alert {_text(alert.name)}{{where}}: {_text(what)}."


def _of_credentials(table: Table, theirs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What can be told of credentials without asking anybody for them."""
    values = {key: value for key, value in table.values.items() if value}
    ways = [key for key in ("api_secret", "auth_token", "keyring", "credential_command") if key in values]
    if len(ways) > 1:
        yield ways[-1], f"the secret{{where}} is told in more than one way: {', '.join(ways)}. Leave one."
    if "account_sid" not in values and "credential_command" not in values:
        yield "", "there is no account_sid in this profile."
    elif not ways and theirs.get("account_sid") != values.get("account_sid"):
        yield "", f"there is no secret in this profile: set {HOW_TO_KEEP}."
    for key in ("account_sid", "api_key"):
        wrong = wrong_sid(key, values[key]) if key in values else None
        if wrong is not None:
            yield key, f"{key}{{where}} {wrong}."
    if "api_secret" in values and "api_key" not in values:
        yield "api_secret", "api_secret{where} has no api_key that it belongs to."
    if "keyring" in values and find_spec("keyring") is None:
        yield "keyring", "keyring{where} needs one more package: pip install 'roomtui[keyring]'"
    command = values.get("credential_command")
    if command and shutil.which(command[0]) is None:
        yield "credential_command", f"credential_command{{where}}: there is no program {_text(command[0])}."


def _known(name: str, known: Collection[str]) -> str:
    """The name that was meant, or all there are."""
    return nearest(name, known) or f" There are: {', '.join(sorted(known))}."


def _text(text: str) -> str:
    """Text to be put into a sentence that is still to be completed."""
    return safe(text).replace("{", "{{").replace("}", "}}")
