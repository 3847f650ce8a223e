from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from roomtui.config import Typed
from roomtui.config.load import sources
from roomtui.config.shown import in_force

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "sesame-nobody-may-see"
SID = "AC" + "1" * 32
ENVIRON = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": SECRET}


def shown(typed: Typed, environ: dict[str, str]) -> dict[str, object]:
    """What is in force, by key; a secret stands nowhere in it, nor the beginning of one."""
    rows = in_force(sources(typed, environ))
    assert SECRET[:6] not in json.dumps([asdict(row) for row in rows])
    return {row.key: row.value for row in rows}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            f"https://AC:{SECRET}@api.example",
            "cannot be used: it holds a user name or password, which belong elsewhere",
        ),
        (f"https://api.example/?token={SECRET}", "cannot be used: it holds a query or a fragment"),
        (f"{SECRET}", "cannot be used: it does not begin with https://"),
        ("http://api.example", "must begin with https:// because the credentials go to api.example; http:// is for"),
    ],
)
@pytest.mark.parametrize("typed", [True, False])
def test_an_address_with_a_secret_in_it_is_not_shown(url: str, words: str, *, typed: bool) -> None:
    rows = shown(Typed(api_url=url), ENVIRON) if typed else shown(Typed(), {**ENVIRON, "ROOMTUI_API_URL": url})
    assert str(rows["api_url"]).startswith(f"({words}")


def test_a_secret_in_the_place_of_a_sid_is_not_shown() -> None:
    rows = shown(Typed(), {**ENVIRON, "TWILIO_ACCOUNT_SID": SECRET, "TWILIO_API_KEY": f"SK1:{SECRET}"})
    assert rows["account_sid"] == "(is no SID of an account (AC and 32 hexadecimal digits))"
    assert rows["api_key"] == "(is no SID of an API key (SK and 32 hexadecimal digits))"
    assert rows["profile"] is None
    assert "journal" not in rows


def test_nor_one_in_the_file(write: Callable[..., Path]) -> None:
    write(f'[profiles.acme]\naccount_sid = "{SECRET}"\nauth_token = "{SECRET}"\n')
    rows = shown(Typed(), {})
    assert rows["account_sid"] == "(is no SID of an account (AC and 32 hexadecimal digits))"
    assert (rows["profile"], rows["auth_token"]) == ("acme", "(set)")


def test_what_can_be_is_shown() -> None:
    rows = shown(Typed(), {**ENVIRON, "TWILIO_API_KEY": "SK1", "ROOMTUI_API_URL": "http://127.0.0.1:8089/"})
    assert (rows["account_sid"], rows["api_key"]) == (SID, "SK1")
    assert rows["api_url"] == "http://127.0.0.1:8089/"
