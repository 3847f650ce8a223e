"""Everything that is wrong is told at once, in the order of the lines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from roomtui.config import Typed, keys, load
from roomtui.config.checked import complaints
from roomtui.config.file import read
from roomtui.config.load import sources
from roomtui.config.schema import schema
from roomtui.config.shown import SET, in_force
from roomtui.config.template import template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SID = "AC" + "1" * 32
SECRET = "sesame-nobody-may-see"
WRONG = f"""\
default_profile = "amce"
theme = 3
[views]
busy = "people:>many"
loop = "@loop"
[keys]
"room.ned" = "x"
[profiles.acme]
account_sid = "{SID}"
auth_token = "{SECRET}"
credential_command = ["/nowhere/vault", "{SECRET}"]
columns = ["name", "pepole"]
[profiles.acme.views]
soon = "@bsy closes:<5m"
[[profiles.acme.alerts]]
bell = 1
[[profiles.acme.alerts]]
name = "x"
when = "closes:<5x"
[profiles.beta]
api_secret = "{SECRET}"
[profiles.gamma]
account_sid = "{SID}"
"""


WRONG_SIDS = f"""
[profiles.delta]
account_sid = "{SECRET}"
api_key = "SK1:{SECRET}"
api_secret = "{SECRET}"
"""


def told(path: Path, environ: Mapping[str, str] | None = None) -> list[tuple[int | None, str]]:
    found = complaints(
        read(path), environ or {}, columns={"name", "people"}, bindings={"room.end", "room.new"}, themes={"nord"}
    )
    assert not any(SECRET in str(each) for each in found)
    return [(each.line, each.sentence) for each in found]


def test_what_is_no_sid_is_not_repeated(write: Callable[..., Path]) -> None:
    assert told(write(WRONG_SIDS)) == [
        (3, "account_sid of profile delta is no SID of an account (AC and 32 hexadecimal digits)."),
        (4, "api_key of profile delta is no SID of an API key (SK and 32 hexadecimal digits)."),
    ]


def test_all_at_once(write: Callable[..., Path]) -> None:
    found = told(write(WRONG))
    assert [line for line, _ in found] == sorted(line or 0 for line, _ in found)
    expected = [
        (1, "default_profile is amce, but there is no such profile. Did you mean acme?"),
        (2, "theme is not text in quotes."),
        (4, "view busy: people: wants a number"),
        (5, "view loop: "),
        (7, "keys: nothing is called room.ned. Did you mean room."),
        (11, "the secret of profile acme is told in more than one way: auth_token, credential_command. Leave one."),
        (11, "credential_command of profile acme: there is no program /nowhere/vault."),
        (12, "columns of profile acme: there is no column pepole. Did you mean people?"),
        (14, "view soon of profile acme: no filter was saved as @bsy"),
        (15, "name is missing in alert 1 of profile acme."),
        (15, "when is missing in alert 1 of profile acme."),
        (16, "bell in alert 1 of profile acme is not true or false."),
        (17, "when in alert x of profile acme: closes: wants a time"),
        (20, "there is no account_sid in this profile."),
        (21, "api_secret of profile beta has no api_key that it belongs to."),
        (22, "there is no secret in this profile: set api_key with api_secret, auth_token, keyring or "),
    ]
    for line, sentence in expected:
        assert any(at == line and each.startswith(sentence) for at, each in found), (line, sentence, found)
    assert len(found) == len(expected), found


def test_a_theme_that_there_is_not(write: Callable[..., Path]) -> None:
    assert told(write('theme = "nrod"\n')) == [(1, "theme: there is no theme nrod. Did you mean nord?")]
    assert told(write('theme = "zzz"\n')) == [(1, "theme: there is no theme zzz. There are: nord.")]
    assert told(write('theme = "nord"\n')) == []


def test_a_secret_that_the_environment_has_is_not_missing(write: Callable[..., Path]) -> None:
    path = write(f'[profiles.gamma]\naccount_sid = "{SID}"\n')
    assert len(told(path)) == 1
    assert told(path, {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": SECRET}) == []


def test_a_file_that_others_may_read_is_told_before_everything_else(write: Callable[..., Path]) -> None:
    path = write(f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\n', mode=0o644)
    assert told(path) == [(None, f"it holds secrets and others may read it: chmod 600 {path}")]


def test_names_with_braces_are_only_names(write: Callable[..., Path]) -> None:
    path = write('columns = ["{0}"]\n[keys]\n"{where}" = "x"\n')
    assert [sentence.partition(" There are")[0] for _, sentence in told(path)] == [
        "columns: there is no column {0}.",
        "keys: nothing is called {where}.",
    ]


# What is made of the same keys


def test_a_new_file_explains_every_key_and_is_right_as_it_stands(write: Callable[..., Path]) -> None:
    path = write(template())
    assert told(path) == []
    for key in (*keys.IN_PROFILE.values(), *keys.ON_TOP.values(), *keys.ALERT_KEYS):
        if key not in {keys.VIEWS, keys.KEYS}:
            assert f"# {key.name} = {key.example}  # {key.meaning}\n" in template()


def test_a_new_file_is_right_with_every_key_in_force_too(write: Callable[..., Path]) -> None:
    # A profile has its secret in one way only, and a program of everybody's.
    lines = [re.sub(r"^# (?=\S+ = |\[)", "", line) for line in template().splitlines()]
    kept = [line for line in lines if not re.match(r"(auth_token|keyring|credential_command) = ", line)]
    path = write("\n".join(kept))
    columns = {"closes", "name", "people", "why"}
    found = complaints(read(path), {}, columns=columns, bindings={"room.end"}, themes={"nord"})
    assert [str(each) for each in found] == []
    config = load(Typed(), {})
    assert (config.name, config.accent, config.theme, len(config.alerts)) == ("acme-prod", "red", "nord", 1)


def kinds(properties: Mapping[str, Any]) -> set[str]:
    return {name for name, each in properties.items() if each}


def test_the_schema_knows_every_key_where_it_may_stand() -> None:
    document = schema()
    json.dumps(document)
    top = document["properties"]
    profile = top["profiles"]["additionalProperties"]["properties"]
    assert kinds(top) == {*keys.ON_TOP, keys.PROFILES, keys.ALERTS}
    assert kinds(profile) == {*keys.IN_PROFILE, keys.ALERTS}
    assert kinds(top["alerts"]["items"]["properties"]) == set(keys.IN_ALERT)
    assert top["refresh"] == {
        "type": "number",
        "minimum": 0.5,
        "maximum": 3600,
        "description": "Seconds between two looks at the rooms list.",
        "default": 2.0,
    }
    assert not document["additionalProperties"]
    assert not top["profiles"]["additionalProperties"]["additionalProperties"]


# What is in force


def test_every_value_says_where_it_comes_from_and_no_secret_is_shown(write: Callable[..., Path]) -> None:
    path = write(
        'theme = "nord"\n[views]\nbusy = "people:>3"\n'
        f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\n'
        f'refresh = 7\ncredential_command = ["vault", "{SECRET}"]\napi_url = "https://there.example"\n'
    )
    rows = {row.key: row for row in in_force(sources(Typed(no_pii=True), {"ROOMTUI_API_URL": "https://here.example"}))}
    assert SECRET not in repr(rows)
    shown = {key: (row.value, row.source) for key, row in rows.items()}
    assert shown["profile"] == ("acme", f"{path}:4, the only profile")
    assert shown["account_sid"] == (SID, f"{path}:5")
    assert shown["auth_token"] == (SET, f"{path}:6")
    assert shown["credential_command"] == ("vault ...", f"{path}:8")
    assert shown["refresh"] == (7, f"{path}:7, profile acme")
    assert shown["theme"] == ("nord", f"{path}:1, for all profiles")
    assert shown["no_pii"] == (True, "typed: --no-pii")
    assert shown["api_url"] == ("https://here.example", "environment: ROOMTUI_API_URL")
    assert shown["mouse"] == (False, "default")
    assert shown["views.busy"][0] == "people:>3"
    assert set(keys.IN_PROFILE) - set(shown) == {"api_key", "api_secret", "keyring", "views"}


def test_what_is_shown_is_what_is_in_force(write: Callable[..., Path]) -> None:
    write(
        f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\nrefresh = 7\ncaller_id = "+1 500 555 0006"\n'
    )
    config = load(Typed(mouse=True), {})
    rows = {row.key: row.value for row in in_force(sources(Typed(mouse=True), {}))}
    for key in keys.SETTINGS:
        if key.name != "quiet_hours":
            assert rows[key.name] == getattr(config, key.name)


def test_without_any_account_that_is_what_is_shown() -> None:
    rows = {row.key: row for row in in_force(sources(Typed(), {}))}
    assert (rows["profile"].value, rows["profile"].source) == (None, "no account anywhere")
    assert "journal" not in rows
