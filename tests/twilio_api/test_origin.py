from __future__ import annotations

import pytest

from roomtui.twilio_api.errors import ForeignHost, InvalidApiUrl, NotTwilio, TwilioError
from roomtui.twilio_api.origin import DEFAULT_API_URL, ApiUrl, calls_url

API = ApiUrl.parse(DEFAULT_API_URL)


@pytest.mark.parametrize(
    "url",
    [
        "https://video.twilio.com",
        "https://video.twilio.com/v1/Rooms",
        "https://VIDEO.Twilio.COM/v1/Rooms?Page=1",
        "https://video.twilio.com:443/v1/Rooms",
        "HTTPS://video.twilio.com/v1",
    ],
)
def test_lets_its_own_origin_pass(url: str) -> None:
    API.demand(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/Rooms",
        "http://video.twilio.com/v1/Rooms",
        "https://video.twilio.com:8443/v1/Rooms",
        "https://video.twilio.com.evil.example/v1/Rooms",
        "https://twilio.com/v1/Rooms",
        "https://video.twilio.com./v1/Rooms",
        "https://[::1]/v1/Rooms",
    ],
)
def test_refuses_every_other_origin(url: str) -> None:
    with pytest.raises(ForeignHost, match="credentials are not sent there"):
        API.demand(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://video.twilio.com@evil.example/",
        "https://video.twilio.com\\@evil.example/",
        "https://user:password@video.twilio.com/v1/Rooms",
        "https://video.twilio.com/v1/Rooms\r\nHost: evil.example",
        "https://video.twilio.com/v1/Ro oms",
        "https://video.twilio.com/v1/Räume",
        "//video.twilio.com/v1",
        "/v1/Rooms",
        "ftp://video.twilio.com/",
        "https://video.twilio.com:99999/",
        "https://video.twilio.com:0/",
        "https://",
        "https://[::1/",
        "",
    ],
)
def test_refuses_what_is_no_plain_address(url: str) -> None:
    with pytest.raises(NotTwilio, match="cannot be used"):
        API.demand(url)


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("https://video.twilio.com/", "https://video.twilio.com", "video.twilio.com"),
        (" https://gate.example:8443/twilio/ ", "https://gate.example:8443/twilio", "gate.example:8443"),
        ("http://127.0.0.1:8089", "http://127.0.0.1:8089", "127.0.0.1:8089"),
        ("http://localhost:8089", "http://localhost:8089", "localhost:8089"),
        ("http://[::1]:8089", "http://[::1]:8089", "[::1]:8089"),
    ],
)
def test_reads_a_configured_address(text: str, url: str, name: str) -> None:
    api = ApiUrl.parse(text)
    assert (api.url, str(api.origin)) == (url, name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no web address|characters"),
        ("video.twilio.com", "https://"),
        ("ftp://video.twilio.com", "https://"),
        ("http://video.twilio.com", "the credentials go to video.twilio.com"),
        ("http://10.0.0.7:8089", "sandbox on this machine"),
        ("https://video.twilio.com?Region=us1", "query"),
        ("https://video.twilio.com#x", "fragment"),
        ("https://a b.example", "characters"),
        ("https://gate.example:port", "port"),
    ],
)
def test_refuses_a_configured_address_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(InvalidApiUrl, match=why) as refused:
        ApiUrl.parse(text)
    assert isinstance(refused.value, TwilioError)
    assert isinstance(refused.value, ValueError)
    assert refused.value.sentence.endswith(".")
    assert "\n" not in refused.value.sentence


def test_does_not_repeat_credentials_in_a_configured_address() -> None:
    with pytest.raises(InvalidApiUrl, match="user name or password") as refused:
        ApiUrl.parse("https://SKkey:s3cr3t@video.twilio.com")
    assert "s3cr3t" not in f"{refused.value!r}{refused.value.sentence}"


# -- where phone calls are asked for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("video", "phone"),
    [
        ("https://video.twilio.com", "https://api.twilio.com"),
        ("https://video.twilio.com/", "https://api.twilio.com"),
        ("https://VIDEO.twilio.com:443", "https://api.twilio.com:443"),
        ("https://video.ie1.twilio.com", "https://api.ie1.twilio.com"),
        ("https://video.dublin.ie1.twilio.com:8443/x", "https://api.dublin.ie1.twilio.com:8443/x"),
    ],
)
def test_calls_are_asked_for_at_twilios_own_host_for_them(video: str, phone: str) -> None:
    assert calls_url(ApiUrl.parse(video)) == phone
    assert ApiUrl.parse(phone).origin.host.startswith("api.")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8089",
        "https://sandbox.example/twilio",
        "https://video.example.com",
        "https://video.twilio.com.evil.example",
        "https://videotwilio.com",
        "https://video.eviltwilio.com",
        "https://myvideo.twilio.com",
        "https://video",
        "https://[::1]:8443/x",
    ],
)
def test_calls_stay_at_every_other_address(url: str) -> None:
    assert calls_url(ApiUrl.parse(url)) == url
