"""Profiles of Twilio's own command line, the last place to look for an account."""

from __future__ import annotations

import json
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.config import ConfigError, CredentialsMissingError, Source, Typed, load
from roomtui.config.places import twilio_cli_file
from roomtui.config.twilio_cli import read
from roomtui.twilio_api.origin import DEFAULT_API_URL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SID, OTHER_SID = "AC" + "1" * 32, "AC" + "2" * 32
KEY, SECRET = "SK" + "3" * 32, "sesame-nobody-may-see"
# As version 6 of twilio-cli-core writes it.
NEW = {
    "edge": "sydney",
    "email": {},
    "prompts": {},
    "projects": [{"id": "old", "accountSid": OTHER_SID, "region": "au1"}],
    "profiles": {
        "first": {"accountSid": OTHER_SID, "apiKey": "SK2", "apiSecret": "other"},
        "acme": {"accountSid": SID, "region": "ie1", "edge": "dublin", "apiKey": KEY, "apiSecret": SECRET},
    },
    "activeProject": "acme",
}


def write_theirs(document: object, mode: int = 0o644) -> Path:
    path = twilio_cli_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_active_profile_is_taken_where_nothing_else_is_said() -> None:
    write_theirs(NEW)
    config = load(Typed(), {"TWILIO_EDGE": "sydney", "TWILIO_REGION": "au1"})
    assert (config.name, config.source) == ("acme", Source.TWILIO_CLI)
    assert (config.credentials.username, str(config.credentials.password)) == (KEY, SECRET)
    assert config.credentials.account_sid == SID
    assert config.api_url == DEFAULT_API_URL, "a region or an edge has bent it"


def test_everything_else_comes_before_it(write: Callable[..., Path]) -> None:
    write_theirs(NEW)
    environ = {"TWILIO_ACCOUNT_SID": OTHER_SID, "TWILIO_AUTH_TOKEN": "x"}
    assert load(Typed(), environ).source is Source.ENVIRONMENT
    write(f'[profiles.mine]\naccount_sid = "{OTHER_SID}"\nauth_token = "x"\n')
    assert load(Typed(), {}).name == "mine"


def test_one_of_them_may_be_asked_for_by_name_unless_one_of_ours_has_it(write: Callable[..., Path]) -> None:
    write_theirs(NEW)
    assert load(Typed(profile="first"), {}).credentials.account_sid == OTHER_SID
    assert load(Typed(), {"ROOMTUI_PROFILE": "acme"}).source is Source.TWILIO_CLI
    write(f'[profiles.acme]\naccount_sid = "{OTHER_SID}"\nauth_token = "x"\n')
    config = load(Typed(profile="acme"), {})
    assert (config.source, config.credentials.account_sid) == (Source.FILE, OTHER_SID)
    with pytest.raises(ConfigError, match=r"There is no profile frist .* Did you mean first?"):
        load(Typed(profile="frist"), {})


def test_what_is_for_all_profiles_is_for_these_too(write: Callable[..., Path]) -> None:
    write_theirs(NEW)
    write("read_only = true\nrefresh = 9\n")
    config = load(Typed(), {})
    assert (config.name, config.read_only, config.refresh) == ("acme", True, 9)
    assert [(each.name, each.read_only) for each in config.accounts] == [("old", True), ("first", True), ("acme", True)]


def test_a_secret_that_only_their_keychain_has_is_told_how_to_be_got_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    path = write_theirs({"projects": NEW["projects"], "activeProject": "old"})
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(), {})
    assert str(caught.value) == (
        f"{path}: twilio-cli profile old has its secret in the system's keychain, where only Twilio's command line "
        "finds it: `twilio profiles:port old` moves it into its file."
    )


def test_a_keychain_that_we_can_read_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("keyring")
    kept = {("twilio-cli", "old"): f"{KEY}|{SECRET}"}
    module.get_password = lambda service, entry: kept.get((service, entry))  # type: ignore[attr-defined] # made up
    monkeypatch.setitem(sys.modules, "keyring", module)
    write_theirs({"projects": NEW["projects"], "activeProject": "old"})
    credentials = load(Typed(), {}).credentials
    assert (credentials.username, str(credentials.password), credentials.account_sid) == (KEY, SECRET, OTHER_SID)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        "null",
        {},
        {"profiles": [], "projects": {}},
        {"profiles": {"a": 3, "b": {}, "c": {"accountSid": 3}}, "projects": [3, {}, {"id": 3, "accountSid": "AC"}]},
        {"activeProject": "nobody"},
    ],
    ids=lambda document: str(document)[:20],
)
def test_a_file_that_is_not_understood_is_none_at_all(document: object) -> None:
    write_theirs(document)
    with pytest.raises(CredentialsMissingError, match="No credentials: set TWILIO_ACCOUNT_SID"):
        load(Typed(), {})


@pytest.mark.parametrize("active", ["gone", None, 3])
def test_without_an_active_profile_it_is_the_first_that_has_its_secret(active: Any) -> None:
    write_theirs({**NEW, "activeProject": active})
    assert load(Typed(), {}).name == "first"


def test_that_others_may_read_its_secrets_is_known_and_shown_nowhere() -> None:
    path = write_theirs(NEW)
    assert read(path).others_may_read
    assert SECRET not in repr(read(path))
    path.chmod(0o600)
    assert not read(path).others_may_read
    write_theirs({"projects": NEW["projects"]})
    assert not read(path).others_may_read
