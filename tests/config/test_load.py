"""Where settings come from, which of them wins, and what is said of wrong ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roomtui.config import Config, ConfigError, CredentialsMissingError, Typed, config_file, journal_file, load
from roomtui.config.file import read
from roomtui.config.load import sources
from roomtui.twilio_api.origin import DEFAULT_API_URL

if TYPE_CHECKING:
    from collections.abc import Callable

SID = "AC" + "1" * 32
OTHER_SID = "AC" + "2" * 32
KEY = "SK" + "3" * 32
TOKEN = "token-nobody-may-see"
SECRET = "secret-nobody-may-see"
ENVIRON = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
PROFILES = f"""
default_profile = "usual"

[profiles.usual]
account_sid = "{OTHER_SID}"
auth_token = "{TOKEN}"
api_url = "https://usual.example"
refresh = 7

[profiles.acme]
account_sid = "{OTHER_SID}"
api_key = "{KEY}"
api_secret = "{SECRET}"
api_url = "https://acme.example"
read_only = true
reads_per_second = 5
no_pii = true
"""


@pytest.fixture
def write(write: Callable[..., Path]) -> Callable[..., Path]:
    """Writes the usual configuration file, with the usual profiles in it."""

    def write_it(text: str = PROFILES, mode: int = 0o600) -> Path:
        return write(text, mode)

    return write_it


def profile(**values: str) -> str:
    """A file of one profile, `acme`, that has credentials; values are TOML."""
    lines = {"account_sid": f'"{SID}"', "auth_token": f'"{TOKEN}"', **values}
    return "[profiles.acme]\n" + "\n".join(f"{key} = {value}" for key, value in lines.items() if value)


def refusal(typed: Typed | None = None, environ: dict[str, str] | None = None) -> str:
    """The sentence with which the configuration is refused; it is one line and has no secret."""
    with pytest.raises(ConfigError) as caught:
        load(typed or Typed(profile="acme"), environ or {})
    sentence = str(caught.value)
    assert TOKEN not in sentence
    assert SECRET not in sentence
    assert sentence.isprintable()
    return sentence


def line_of(path: Path, text: str) -> str:
    """The place of the line in which this stands, as it is told."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return f"{path}:{next(number for number, line in enumerate(lines, 1) if text in line)}"


# Which one wins


def test_without_a_file_the_environment_is_enough() -> None:
    config = load(Typed(), ENVIRON)
    assert (config.credentials.username, config.credentials.account_sid) == (SID, SID)
    assert (config.api_url, config.read_only, config.refresh, config.reads_per_second) == (
        DEFAULT_API_URL,
        False,
        2.0,
        20,
    )


def test_what_was_typed_beats_the_profile(write: Callable[..., Path]) -> None:
    write()
    typed = Typed(profile="acme", api_url="https://typed.example", read_only=False, refresh=3.5, reads_per_second=9)
    config = load(typed, ENVIRON)
    assert (config.api_url, config.read_only, config.refresh, config.reads_per_second) == (
        "https://typed.example",
        False,
        3.5,
        9,
    )
    assert config.no_pii


def test_a_typed_profile_beats_the_environment(write: Callable[..., Path]) -> None:
    write()
    environ = {**ENVIRON, "ROOMTUI_PROFILE": "usual", "ROOMTUI_API_URL": "https://environment.example"}
    config = load(Typed(profile="acme"), environ)
    assert (config.name, config.api_url) == ("acme", "https://acme.example")
    assert (config.credentials.username, config.credentials.account_sid) == (KEY, OTHER_SID)
    assert (config.read_only, config.no_pii, config.reads_per_second) == (True, True, 5)


def test_the_environment_beats_the_default_profile(write: Callable[..., Path]) -> None:
    write()
    config = load(Typed(), ENVIRON)
    assert (config.credentials.account_sid, config.refresh, config.api_url) == (SID, 2.0, DEFAULT_API_URL)
    config = load(Typed(), {"ROOMTUI_API_URL": "https://environment.example"})
    assert (config.name, config.refresh, config.api_url) == ("usual", 7, "https://environment.example")


def test_a_profile_named_in_the_environment_beats_its_credentials(write: Callable[..., Path]) -> None:
    write()
    assert load(Typed(), {**ENVIRON, "ROOMTUI_PROFILE": "acme"}).name == "acme"


def test_the_default_profile_comes_last(write: Callable[..., Path]) -> None:
    write()
    config = load(Typed(), {})
    assert (config.name, config.api_url, config.refresh) == ("usual", "https://usual.example", 7)


def test_an_api_key_is_preferred_to_the_token() -> None:
    config = load(Typed(), {**ENVIRON, "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": SECRET})
    assert (config.credentials.username, str(config.credentials.password)) == (KEY, SECRET)
    assert config.credentials.account_sid == SID


def test_a_key_without_its_secret_leaves_it_to_the_token() -> None:
    config = load(Typed(), {**ENVIRON, "TWILIO_API_KEY": KEY})
    assert (config.credentials.username, str(config.credentials.password)) == (SID, TOKEN)


def test_edge_and_region_do_not_bend_the_address() -> None:
    config = load(Typed(), {**ENVIRON, "TWILIO_EDGE": "sydney", "TWILIO_REGION": "au1"})
    assert config.api_url == DEFAULT_API_URL


@pytest.mark.parametrize("name", ["ROOMTUI_PROFILE", "ROOMTUI_API_URL", "TWILIO_API_KEY"])
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    config = load(Typed(), {**ENVIRON, name: ""})
    assert (config.credentials.username, config.api_url) == (SID, DEFAULT_API_URL)


def test_a_profile_may_be_called_environment(write: Callable[..., Path]) -> None:
    write(profile().replace("acme", "environment"))
    assert load(Typed(profile="environment"), {}).name == "environment"


def test_without_a_profile_the_account_gives_the_name() -> None:
    assert load(Typed(), ENVIRON).name == "AC1111..1111"


def test_another_file_may_be_typed(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(profile(refresh="9"), encoding="utf-8")
    path.chmod(0o600)
    assert load(Typed(config=path, profile="acme"), {}).refresh == 9


def test_the_number_to_call_from_is_a_profiles_alone(write: Callable[..., Path]) -> None:
    write(profile(caller_id='"+1 (500) 555-0006"'))
    assert load(Typed(profile="acme"), {}).caller_id == "+15005550006"
    assert load(Typed(), ENVIRON).caller_id is None


# What is said of wrong ones


def test_no_credentials_at_all_names_what_to_set_and_the_demo() -> None:
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(), {})
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "roomtui demo"):
        assert name in str(caught.value)
    assert str(config_file()) in str(caught.value)


@pytest.mark.parametrize("half", [{}, {"TWILIO_API_KEY": KEY}, {"TWILIO_API_SECRET": SECRET}])
def test_half_of_the_credentials_in_the_environment(half: dict[str, str]) -> None:
    with pytest.raises(CredentialsMissingError, match="the environment lacks its secret: set either TWILIO_API_KEY"):
        load(Typed(), {"TWILIO_ACCOUNT_SID": SID, **half})


def test_half_of_the_credentials_in_a_profile(write: Callable[..., Path]) -> None:
    path = write(profile(auth_token="", api_key=f'"{KEY}"'))
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(profile="acme"), {})
    assert str(caught.value) == (
        f"{path}:1: profile acme lacks its secret: set api_key with api_secret, auth_token, keyring or "
        "credential_command."
    )


@pytest.mark.parametrize("sid", ["", '""'])
def test_a_profile_without_an_account(write: Callable[..., Path], sid: str) -> None:
    path = write(profile(account_sid=sid))
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(profile="acme"), {})
    assert str(caught.value) == f"{path}:1: profile acme has no account_sid."


def test_an_unknown_key_is_told_with_the_nearest_right_one(write: Callable[..., Path]) -> None:
    path = write(profile(refesh="3"))
    assert refusal() == f"{line_of(path, 'refesh')}: profile acme has an unknown key refesh. Did you mean refresh?"
    path = write(profile(zzz="3"))
    assert refusal() == f"{line_of(path, 'zzz')}: profile acme has an unknown key zzz."


def test_an_unknown_key_is_told_even_in_a_profile_that_is_not_used(write: Callable[..., Path]) -> None:
    write(profile(refesh="3"))
    assert "refesh" in refusal(Typed(), ENVIRON)


def test_an_unknown_key_beside_the_profiles(write: Callable[..., Path]) -> None:
    path = write('default_profil = "acme"\n' + profile())
    assert refusal() == f"{path}:1: there is an unknown key default_profil. Did you mean default_profile?"


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("api_url", "3", "text in quotes"),
        ("auth_token", "12345", "text in quotes"),
        ("read_only", '"yes"', "true or false"),
        ("mouse", "1", "true or false"),
        ("refresh", '"2"', "a number from 0.5 to 3600"),
        ("refresh", "0", "a number from 0.5 to 3600"),
        ("refresh", "nan", "a number from 0.5 to 3600"),
        ("refresh", "true", "a number from 0.5 to 3600"),
        ("reads_per_second", "81", "a number from 1 to 80"),
        ("reads_per_second", "inf", "a number from 1 to 80"),
    ],
)
def test_a_wrong_type_is_told(write: Callable[..., Path], key: str, value: str, wanted: str) -> None:
    path = write(profile(**{key: value}))
    assert refusal() == f"{line_of(path, f'{key} = {value}')}: {key} in profile acme is not {wanted}."


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("0151 23456789", "Write the number with + and its country code, such as +4930123456."),
        ("+1 555", "The number has too few digits for its country."),
        ("", "A phone number is wanted here, such as +4930123456."),
        ("+1650555\\u001b[2J0100", "The number holds ^[, which no phone number has."),
    ],
)
def test_a_caller_id_that_is_no_phone_number(write: Callable[..., Path], number: str, why: str) -> None:
    path = write(profile(caller_id=f'"{number}"'))
    assert refusal() == f"{line_of(path, 'caller_id')}: caller_id in profile acme is no phone number: {why}"


def test_a_caller_id_that_is_no_text(write: Callable[..., Path]) -> None:
    path = write(profile(caller_id="+15005550006"))
    assert refusal() == f"{line_of(path, 'caller_id')}: caller_id in profile acme is not text in quotes."


@pytest.mark.parametrize(("text", "line"), [("profiles = 3", 1), ("profiles = [1]", 1), ("[profiles]\nacme = 3", 2)])
def test_profiles_that_are_no_tables(write: Callable[..., Path], text: str, line: int) -> None:
    path = write(text)
    assert refusal() == f"{path}:{line}: profiles must be tables, as in [profiles.acme]."


def test_a_default_profile_that_is_no_text(write: Callable[..., Path]) -> None:
    path = write("default_profile = 3")
    assert refusal() == f"{path}:1: default_profile is not text in quotes."


@pytest.mark.parametrize(
    "text", [f"auth_token = {TOKEN}", f'auth_token = "{TOKEN}', "[profiles.acme", 'a = "\x1b]52;c;eA==\x07"']
)
def test_a_file_that_is_not_toml(write: Callable[..., Path], text: str) -> None:
    path = write(f"# the second line is wrong\n{text}")
    assert refusal().startswith(f"{path}:2: the file is not TOML: ")


def test_a_file_that_is_nested_without_end(write: Callable[..., Path]) -> None:
    path = write("a = " + "[" * 100_000)
    assert refusal() == f"{path}: the file is nested too deeply."


def test_a_number_that_python_does_not_read(write: Callable[..., Path]) -> None:
    path = write(f"reads_per_second = {'9' * 5000}")
    assert refusal() == f"{path}: the file is not TOML: a number in it is far too long."


def test_a_home_that_is_no_folder_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    environ = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
    assert load(Typed(), environ).credentials.account_sid == SID
    assert refusal(Typed(config=tmp_path / "none.toml" / "config.toml"), environ).startswith("There is no ")


def test_a_file_that_is_not_text(write: Callable[..., Path]) -> None:
    path = write()
    path.write_bytes(b"# one\n\xff\xfe[profiles]")
    assert refusal() == f"{path}:2: the file is not UTF-8 text."


def test_a_folder_in_place_of_the_file() -> None:
    config_file().mkdir(parents=True)
    assert refusal() == f"The configuration file {config_file()} cannot be read: Is a directory."


def test_a_typed_file_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    assert refusal(Typed(config=path), ENVIRON) == f"There is no configuration file {path}."


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_with_secrets_that_others_may_read(write: Callable[..., Path], mode: int) -> None:
    path = write(mode=mode)
    assert refusal() == f"{path}: it holds secrets and others may read it: chmod 600 {path}"


def test_a_file_without_secrets_may_be_read_by_anybody(write: Callable[..., Path]) -> None:
    write(profile(auth_token=""), mode=0o644)
    with pytest.raises(CredentialsMissingError):
        load(Typed(profile="acme"), {})


def test_an_unknown_profile_is_told_with_the_nearest_right_one(write: Callable[..., Path]) -> None:
    path = write()
    assert refusal(Typed(profile="acne")) == f"There is no profile acne in {path}. Did you mean acme?"
    assert refusal(Typed(), {"ROOMTUI_PROFILE": "zzz"}) == f"There is no profile zzz in {path}."
    path = write(PROFILES.replace('"usual"', '"gone"'))
    assert refusal(Typed()) == f"There is no profile gone in {path}."


def test_a_profile_is_looked_for_even_where_there_is_no_file() -> None:
    assert refusal(Typed(profile="acme"), ENVIRON) == f"There is no profile acme in {config_file()}."


def test_hostile_names_are_told_harmlessly(write: Callable[..., Path]) -> None:
    write('[profiles."a\\u001b[2J"]\n"k\\u202e" = 3')
    assert "a^[[2J" in refusal()
    assert "k<202E>" in refusal()
    write()
    assert "x^[]52" in refusal(Typed(profile="x\x1b]52"))


@pytest.mark.parametrize("name", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_credentials_that_are_no_text_are_refused_in_words(name: str) -> None:
    broken = os.fsdecode(b"\xff\xfe")
    assert "UTF-8" in refusal(Typed(), {**ENVIRON, name: broken})


@pytest.mark.parametrize("wrong", [TOKEN, f'"{SID}"', SID.lower(), f"{SID}:{TOKEN}", f"{SID}\n{SID}"])
@pytest.mark.parametrize("name", ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY"])
def test_what_stands_in_the_place_of_a_sid_is_not_repeated(name: str, wrong: str) -> None:
    environ = {**ENVIRON, "TWILIO_API_SECRET": SECRET, name: wrong}
    said = refusal(Typed(), environ)
    what = "an account (AC" if name == "TWILIO_ACCOUNT_SID" else "an API key (SK"
    assert said == f"the environment has something in {name} that is no SID of {what} and 32 hexadecimal digits)."
    assert wrong not in "".join(f"{account}" for account in sources(Typed(), environ).accounts())


@pytest.mark.parametrize("sid", ["AC...", "AC_of-a-test.1"])
def test_a_sid_need_not_be_one_of_twilios(sid: str) -> None:
    assert load(Typed(), {**ENVIRON, "TWILIO_ACCOUNT_SID": sid}).credentials.account_sid == sid


def test_what_stands_in_the_place_of_a_sid_in_the_file_is_not_repeated(write: Callable[..., Path]) -> None:
    path = write(profile(account_sid=f'"{TOKEN}"'))
    assert refusal() == (
        f"{path}:1: profile acme has something in account_sid that is no SID of an account "
        "(AC and 32 hexadecimal digits)."
    )


def test_what_a_program_tells_in_the_place_of_a_sid_is_not_repeated(write: Callable[..., Path]) -> None:
    told = f'["echo", "{{\\"account_sid\\": \\"{TOKEN}\\", \\"auth_token\\": \\"x\\"}}"]'
    write(profile(account_sid="", auth_token="", credential_command=told))
    said = refusal()
    assert said.endswith("has something in account_sid that is no SID of an account (AC and 32 hexadecimal digits).")
    assert TOKEN not in said


def test_the_end_of_a_line_behind_a_variable_is_none_of_it() -> None:
    named = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": SECRET}
    config = load(Typed(), {name: f" {value}\r\n" for name, value in named.items()})
    assert config.credentials == load(Typed(), named).credentials
    assert config.name == "AC1111..1111"
    assert [account.account_sid for account in config.accounts] == [SID]
    assert refusal(Typed(), {"TWILIO_ACCOUNT_SID": " \n"}).startswith("No credentials: ")


# What is never shown, and where the journal is


def test_no_secret_is_in_any_representation(write: Callable[..., Path]) -> None:
    path = write()
    config = load(Typed(profile="acme"), {})
    file = read(path, must_exist=True)
    found = [sources(Typed(profile="acme"), {}), sources(Typed(), ENVIRON)]
    for thing in (config, config.credentials, file, *found, *(each.holder for each in found)):
        for text in (repr(thing), f"{thing}", f"{thing!a}"):
            assert TOKEN not in text
            assert SECRET not in text


def test_the_config_says_nothing_secret_when_it_is_compared() -> None:
    one, other = load(Typed(), ENVIRON), load(Typed(), ENVIRON)
    assert one == other
    assert isinstance(one, Config)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "a/b",
        "..",
        "nul\x00",
        "line\nbreak",
        "-rf",
        "東" * 128,
        "x" * 5000,
        "\u202e",
        "",
        "\ud800",
        "①²",
    ],
    ids=lambda name: ascii(name)[:12],
)
def test_a_journal_is_one_plain_file_whatever_its_profile_is_called(name: str) -> None:
    path = journal_file(name)
    assert path.parent == journal_file("acme").parent
    assert path.name.isascii()
    assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert len(path.name) <= 100
    path.parent.mkdir(parents=True)
    path.touch()
    assert Path(os.path.normpath(path)) == path


def test_two_profiles_have_two_journals() -> None:
    names = ["a/b", "a_b", "a\\b", "x" * 500, "x" * 501, "東", "京", "AC1111..1111", "AC1111..2222"]
    assert len({journal_file(name) for name in names}) == len(names)


def test_an_ordinary_profile_has_a_journal_of_its_name() -> None:
    assert journal_file("acme-prod_2").name == "journal-acme-prod_2.jsonl"
