from __future__ import annotations

import pytest

from roomtui.twilio_api.http11.message import Headers, Hidden, request


def test_writes_a_request_as_the_standard_has_it() -> None:
    assert request("GET", "/v1/Rooms?a=b", {"Host": "here:1", "X-Empty": ""}) == (
        b"GET /v1/Rooms?a=b HTTP/1.1\r\nHost: here:1\r\nX-Empty: \r\n\r\n"
    )
    assert request("POST", "/", {"Host": "here"}, b"a=b") == (
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\na=b"
    )
    assert request("POST", "/", {"Host": "here"}, b"").endswith(b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "target", "name", "value"),
    [
        ("GET\r\nX: y", "/", "Host", "h"),
        ("", "/", "Host", "h"),
        ("GET", "/ HTTP/1.1\r\nX: y", "Host", "h"),
        ("GET", "/a b", "Host", "h"),
        ("GET", "/\u00e9", "Host", "h"),
        ("GET", "", "Host", "h"),
        ("GET", "/", "Host\r\nX", "h"),
        ("GET", "/", "Host:", "h"),
        ("GET", "/", "", "h"),
        ("GET", "/", "Ho st", "h"),
        ("GET", "/", "Host", "h\r\nX: y"),
        ("GET", "/", "Host", "h\nX: y"),
        ("GET", "/", "Host", "h\r"),
        ("GET", "/", "Host", "h\x00"),
        ("GET", "/", "Host", "h\u0130"),
        ("GET", "/", "Host", "\u560a"),  # cut down to a byte, a line break
    ],
)
def test_refuses_what_would_be_read_as_something_else(method: str, target: str, name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent") as refused:
        request(method, target, {"Authorization": "Basic c2VjcmV0", name: value})
    assert "c2VjcmV0" not in str(refused.value)


def test_a_traceback_does_not_show_what_goes_out() -> None:
    made = request("GET", "/", {"Authorization": "Basic c2VjcmV0"})
    assert isinstance(made, Hidden)
    assert made.count(b"c2VjcmV0") == 1
    assert repr(made) == "b'***'"


def test_headers_are_looked_up_in_any_case() -> None:
    headers = Headers({"retry-after": "3", "date": ""})
    assert headers["Retry-After"] == headers.get("RETRY-AFTER") == "3"
    assert headers.get("Date", "else") == ""
    assert headers.get("Location") is None
    assert headers.get("Location", "else") == "else"
    assert "DATE" in headers
    assert len(headers) == 2
    with pytest.raises(KeyError):
        headers["Location"]
