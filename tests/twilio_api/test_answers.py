from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api.answers import Answer, payload, request_id
from roomtui.twilio_api.errors import (
    Broken,
    CredentialsRefused,
    NotFound,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
)
from tests.twilio_api.scripted import refusal_json

RQ = "RQ" + "0" * 32


def answer(status: int = 200, body: object = None, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, text=text, headers=named, host="video.twilio.com", retry_after=None)


def refusal(status: int, body: object = None, **headers: str) -> Refused:
    with pytest.raises(Refused) as refused:
        payload(answer(status, body, **headers))
    return refused.value


@pytest.mark.parametrize("status", [200, 201, 202])
def test_reads_the_object_of_a_good_answer(status: int) -> None:
    assert payload(answer(status, {"sid": "RM1"})) == {"sid": "RM1"}


def test_a_number_too_big_to_be_one_is_told_as_it_came() -> None:
    read = payload(answer(200, '{"quota": 1e999, "least": -1E+999, "rate": 1.5}'))
    assert read == {"quota": "1e999", "least": "-1E+999", "rate": 1.5}
    json.dumps(read, allow_nan=False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, CredentialsRefused),
        (403, CredentialsRefused),
        (404, NotFound),
        (409, Refused),
        (429, Throttled),
        (500, Broken),
        (503, Broken),
    ],
)
def test_tells_refusals_apart_by_their_status(status: int, kind: type[Refused]) -> None:
    error = refusal(status, refusal_json(status, 20000, "No"), Twilio_Request_Id=RQ)
    assert type(error) is kind
    assert (error.status, error.code, error.message.raw, error.request_id) == (status, 20000, "No", RQ)


@pytest.mark.parametrize(
    ("code", "read"), [(53112, 53112), ("53112", 53112), ("x", None), (None, None), (True, None), (10**30, None)]
)
def test_reads_the_code(code: object, read: int | None) -> None:
    assert refusal(400, {"code": code, "message": "No"}).code == read


def test_reads_a_problem_document() -> None:
    body = {
        "type": "https://www.twilio.com/docs/errors/20001",
        "title": "Invalid parameter",
        "status": 400,
        "code": 20001,
        "detail": "PageSize must be a number",
    }
    error = refusal(400, body)
    assert error.code == 20001
    assert error.message.raw == "Invalid parameter: PageSize must be a number"


def test_shows_a_strangers_message_harmlessly() -> None:
    error = refusal(400, refusal_json(400, 20001, "\x1b]52;c;QUFB\x1b\\ [@click=app.quit] \u202e"))
    for shown in (str(error), error.sentence):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\n" not in shown


def test_str_of_an_error_is_a_plain_sentence_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert str(refusal(404, refusal_json(404, 20404, "gone"))) == "Twilio does not know it (error 20404): gone"


def test_shortens_a_message_that_would_fill_the_screen() -> None:
    assert len(refusal(400, refusal_json(400, 20001, "x" * 100_000)).sentence) < 1000


@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (500, Broken), (502, Broken), (504, Broken)])
@pytest.mark.parametrize("body", ["<html>Bad Gateway</html>", "", "[]", "{", "{}"])
def test_believes_a_gateway_that_says_busy_or_broken_in_html(status: int, kind: type[Refused], body: str) -> None:
    error = refusal(status, body, Content_Type="text/html")
    assert type(error) is kind
    assert error.code is None


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", ["<html>Sign in</html>", "", "[]", "{", "{}", '{"detail": 7}', "null"])
@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_takes_credentials_for_refused_whatever_the_words(status: int, body: str, content_type: str) -> None:
    error = refusal(status, body, Content_Type=content_type)
    assert type(error) is CredentialsRefused
    assert (error.status, error.code, error.message.raw) == (status, None, "")
    assert f"refused the credentials (HTTP {status})" in error.sentence


@pytest.mark.parametrize("status", [400, 404, 405])
@pytest.mark.parametrize("body", ["<html>Sign in</html>", "", "[]", "{", "{}", '{"detail": 7}', "null"])
def test_does_not_take_another_servers_refusal_for_twilios(status: int, body: str) -> None:
    with pytest.raises(NotTwilio, match=f"HTTP {status}"):
        payload(answer(status, body))


@pytest.mark.parametrize("status", [301, 302, 304, 307])
def test_takes_a_redirect_for_no_answer(status: int) -> None:
    with pytest.raises(NotTwilio, match=rf"redirects \(HTTP {status}\)"):
        payload(answer(status, {"sid": "RM1"}, Location="https://evil.example/"))


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        ("<!doctype html><p>Welcome", {}, "HTML, not JSON: is the API URL right"),
        ("hello", {"Content_Type": "text/html; charset=utf-8"}, "HTML, not JSON"),
        ("hello", {}, "broken JSON"),
        ('{"rooms": [', {}, "broken JSON"),
        ('{"a": NaN}', {}, "broken JSON"),
        ('{"a": -Infinity}', {}, "broken JSON"),
        ("[" * 100_000, {}, "broken JSON"),
        ('{"a": ' + "9" * 10_000 + "}", {}, "broken JSON"),
        ("[]", {}, "no object"),
        ("null", {}, "no object"),
        ('"x"', {}, "no object"),
        ("", {}, "nothing in its answer"),
        ("  \n", {}, "nothing in its answer"),
    ],
)
def test_says_what_is_wrong_with_an_answer(body: str, headers: dict[str, Any], why: str) -> None:
    with pytest.raises(NotTwilio, match=why) as wrong:
        payload(answer(200, body, **headers))
    assert "video.twilio.com" in wrong.value.sentence


@given(status=st.integers(200, 599), body=st.text(max_size=200))
def test_takes_any_answer_without_harm(status: int, body: str) -> None:
    with contextlib.suppress(TwilioError):
        payload(answer(status, body))


@pytest.mark.parametrize(
    ("value", "read"), [(RQ, RQ), ("", None), ("RQ\x1b[2J", None), ("RQ" * 100, None), ("RQ 1", None)]
)
def test_reads_the_request_id_where_it_is_fit_to_show(value: str, read: str | None) -> None:
    assert request_id({"Twilio-Request-Id": value}) == read
    assert request_id({}) is None
