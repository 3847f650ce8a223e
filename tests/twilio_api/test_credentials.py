from __future__ import annotations

import base64

import pytest

from roomtui.twilio_api.credentials import Credentials, Secret, basic


def test_does_not_show_the_secret() -> None:
    credentials = Credentials("SKkey", "s3cr3t", "ACme")
    assert "s3cr3t" not in repr(credentials)
    assert "SKkey" in repr(credentials)
    assert "s3cr3t" not in repr((credentials.username, credentials.password))
    assert credentials.password == "s3cr3t"


def test_makes_a_basic_authorization_that_does_not_show_itself() -> None:
    header = basic("SKkey", "pässword")
    assert header == "Basic " + base64.b64encode("SKkey:pässword".encode()).decode()
    assert repr(header) == repr(Secret("other")) == "'***'"


@pytest.mark.parametrize("missing", range(3))
def test_is_never_empty_lest_the_sdk_asks_without_any(missing: int) -> None:
    parts = ["SKkey", "s3cr3t", "ACme"]
    parts[missing] = ""
    with pytest.raises(ValueError, match="user name, a password and an account"):
        Credentials(*parts)
