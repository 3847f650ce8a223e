"""Views, keys, alerts and what stands on top of the file for all profiles; the accounts there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.config import Account, AlertTable, ConfigError, CredentialsMissingError, Source, Typed, load, load_account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SID, OTHER_SID = "AC" + "1" * 32, "AC" + "2" * 32
ENVIRON = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "x"}
BOTH = f"""\
refresh = 9
theme = "nord"
quiet_hours = "22:00-06:00"
columns = ["name", "people"]

[views]
busy = "people:>3"
soon = "closes:<5m"

[keys]
"room.end" = "e,delete"

[[alerts]]
name = "soon"
when = "@soon"
bell = true

[[alerts]]
name = "full"
when = "full:yes"
quiet_hours = "12:00-13:00"

[profiles.acme]
account_sid = "{SID}"
auth_token = "x"
theme = "dracula"
accent = "#ff8800"
read_only = true

[profiles.acme.views]
soon = "closes:<1m"

[[profiles.acme.alerts]]
name = "soon"
when = "closes:<1m"
color = "red"
sign = "!"
osc9 = true
command = ["notify", "a b"]

[profiles.beta]
account_sid = "{OTHER_SID}"
auth_token = "x"
"""


def test_what_stands_on_top_is_for_all_and_a_profile_has_the_last_word(write: Callable[..., Path]) -> None:
    write(BOTH)
    acme, beta = load(Typed(profile="acme"), {}), load(Typed(profile="beta"), {})
    assert (acme.theme, acme.refresh, acme.accent, acme.columns) == ("dracula", 9, "#ff8800", ("name", "people"))
    assert (beta.theme, beta.refresh, beta.accent, beta.columns) == ("nord", 9, None, ("name", "people"))
    assert acme.views == {"busy": "people:>3", "soon": "closes:<1m"}
    assert beta.views == {"busy": "people:>3", "soon": "closes:<5m"}
    assert acme.keys == beta.keys == {"room.end": "e,delete"}
    assert load(Typed(), ENVIRON).theme == "nord", "the environment has no profile, but it is one of all"


def test_an_alert_of_a_profile_takes_the_place_of_one_of_the_same_name(write: Callable[..., Path]) -> None:
    write(BOTH)
    full = AlertTable(name="full", when="full:yes", quiet_hours="12:00-13:00")
    soon = AlertTable(name="soon", when="@soon", bell=True, quiet_hours="22:00-06:00")
    own = AlertTable(
        name="soon",
        when="closes:<1m",
        color="red",
        sign="!",
        osc9=True,
        command=("notify", "a b"),
        quiet_hours="22:00-06:00",
    )
    assert load(Typed(profile="beta"), {}).alerts == (soon, full)
    assert load(Typed(profile="acme"), {}).alerts == (own, full)


@pytest.mark.parametrize(
    ("alert", "line", "why"),
    [
        ("when = 'full:yes'", 1, "name is missing in alert 1."),
        ("name = 'x'", 1, "when is missing in alert 1."),
        ("name = 'x'\nwhen = ''", 3, "when in alert 1 is empty."),
        ("name = 'x'\nwhen = 'a'\nsign = '!!!'", 4, "sign in alert 1 is longer than 2 characters."),
        ("name = 'x'\nwhen = 'a'\ncolor = 'Red!'", 4, 'color in alert 1 is no colour, such as "red", "ansi_green"'),
        ("name = 'x'\nwhen = 'a'\nbell = 'yes'", 4, "bell in alert 1 is not true or false."),
        ("name = 'x'\nwhen = 'a'\ncommand = 'rm x'", 4, "command in alert 1 is not a list, as in"),
        ("name = 'x'\nwhen = 'a'\ncommand = []", 4, "command in alert 1 is an empty list."),
        ("name = 'x'\nwhen = 'a'\nquiet_hours = '22-06'", 4, "quiet_hours in alert 1 is not two times of the day"),
        (
            "name = 'x'\nwhen = 'a'\nquiet_hours = '24:00-06:00'",
            4,
            "quiet_hours in alert 1 is not two times of the day",
        ),
        ("name = 'x'\nwhen = 'a'\ncolour = 'red'", 4, "alert 1 has an unknown key colour. Did you mean color?"),
    ],
)
def test_what_is_wrong_with_an_alert(write: Callable[..., Path], alert: str, line: int, why: str) -> None:
    path = write(f"[[alerts]]\n{alert}\n")
    with pytest.raises(ConfigError) as caught:
        load(Typed(), ENVIRON)
    assert str(caught.value).startswith(f"{path}:{line}: {why}")


def test_alerts_that_are_no_tables(write: Callable[..., Path]) -> None:
    path = write("alerts = 3")
    with pytest.raises(ConfigError) as caught:
        load(Typed(), ENVIRON)
    assert str(caught.value) == f"{path}:1: alerts must be tables, as in [[alerts]]."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[keys]\n'room.end' = 3", "keys has something else than text in quotes for room.end."),
        ("views = 'x'", "views is not a table of texts"),
        ("columns = ['a', 3]", "columns is not a list of texts"),
        ("reads_per_second = 2.5", "reads_per_second is not a whole number."),
        ("account_sid = 'x'", "there is an unknown key account_sid. It belongs into a profile"),
        ("[profiles.a]\ndefault_profile = 'a'", "profile a has an unknown key default_profile. It belongs on top of"),
        ("[profiles.a]\nsubaccount = 'a'", "profile a has an unknown key subaccount. A sub-account is a profile of"),
        ("[profiles.a]\nAPI-Key = 'a'", "profile a has an unknown key API-Key. Did you mean api_key?"),
        ("[profile.a]", "there is an unknown key profile. Did you mean profiles?"),
    ],
)
def test_what_is_wrong_with_the_rest(write: Callable[..., Path], text: str, why: str) -> None:
    write(text)
    with pytest.raises(ConfigError) as caught:
        load(Typed(), ENVIRON)
    assert why in str(caught.value)


def test_a_value_that_is_wrong_in_another_profile_hinders_nobody(write: Callable[..., Path]) -> None:
    write(BOTH + "refresh = 'often'\n")
    assert load(Typed(profile="acme"), {}).refresh == 9
    with pytest.raises(ConfigError, match="refresh in profile beta"):
        load(Typed(profile="beta"), {})


def test_more_than_one_mistake_is_said_to_be_more_than_one(write: Callable[..., Path]) -> None:
    path = write("theme = 3\nrefresh = 'x'\nviews = 3")
    with pytest.raises(ConfigError) as caught:
        load(Typed(), ENVIRON)
    assert str(caught.value) == f"{path}:1: theme is not text in quotes. (And 2 more: `roomtui config check`.)"


def test_the_only_profile_needs_not_be_called_the_default(write: Callable[..., Path]) -> None:
    write(f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "x"\n')
    assert load(Typed(), {}).name == "acme"
    path = write(BOTH)
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(), {})
    assert str(caught.value) == f"{path}: which profile? Choose with --profile or default_profile: acme, beta."


def test_the_accounts_there_are(write: Callable[..., Path]) -> None:
    write(BOTH)
    environment = Account(name="AC1111..1111", source=Source.ENVIRONMENT, account_sid=SID)
    acme = Account(name="acme", account_sid=SID, accent="#ff8800", read_only=True)
    beta = Account(name="beta", account_sid=OTHER_SID)
    config = load(Typed(profile="beta"), ENVIRON)
    assert config.accounts == (environment, acme, beta)
    assert config.name in {each.name for each in config.accounts}
    assert load(Typed(profile="beta"), {}).accounts == (acme, beta)
    assert all(each.read_only for each in load(Typed(profile="beta", read_only=True), ENVIRON).accounts)


def test_each_of_them_can_be_changed_to_and_what_was_typed_still_holds(write: Callable[..., Path]) -> None:
    write(BOTH)
    environ = {**ENVIRON, "ROOMTUI_PROFILE": "beta"}
    typed = Typed(read_only=True, refresh=3.0)
    accounts = load(typed, environ).accounts
    names = []
    for account in accounts:
        config = load_account(account, typed, environ)
        names.append(config.name)
        assert (config.source, config.credentials.account_sid) == (account.source, account.account_sid)
        assert (config.read_only, config.refresh) == (True, 3.0)
        assert config.accounts == accounts
    assert names == ["AC1111..1111", "acme", "beta"]
