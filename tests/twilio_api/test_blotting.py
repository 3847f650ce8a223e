"""However a server writes a secret down that it was sent, nobody is shown it."""

from __future__ import annotations

import base64
import html
import json
import struct
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api.blotting import Blotter

SECRET = "p4ss/w0rd+of=nobody&\"é🔑~ %41<x>'\\"
USER = "SK" + "a" * 32


def utf_16(text: str) -> tuple[int, ...]:
    data = text.encode("utf-16-be")
    return struct.unpack(f">{len(data) // 2}H", data)


FORMS = {
    "plain": SECRET,
    "percent": quote(SECRET, safe=""),
    "percent in small letters": quote(SECRET, safe="").lower(),
    "percent, all of it": "".join(f"%{octet:02X}" for octet in SECRET.encode()),
    "percent, twice": quote(quote(SECRET, safe=""), safe=""),
    "form": quote_plus(SECRET),
    "JSON": json.dumps(SECRET)[1:-1],
    "JSON, every letter": "".join(f"\\u{unit:04X}" for each in SECRET for unit in utf_16(each)),
    "JSON in JSON": json.dumps(json.dumps(SECRET))[3:-3],
    "JSON with slashes escaped": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "HTML": html.escape(SECRET),
    "HTML by number": "".join(f"&#{ord(each)};" for each in SECRET),
    "HTML by hex number": "".join(f"&#x{ord(each):X};" for each in SECRET),
    "HTML by name": SECRET.replace("&", "&amp;").replace("+", "&plus;").replace("=", "&equals;").replace("/", "&sol;"),
    "Python": repr(SECRET)[1:-1],
    "hex": SECRET.encode().hex(),
    "hex in capitals": SECRET.encode().hex().upper(),
    **{f"base64 behind {at} bytes": base64.b64encode(b"x" * at + SECRET.encode()).decode() for at in range(4)},
    "base64 between others": base64.b64encode(f"{USER}:{SECRET} and more".encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(f"{USER}:{SECRET}".encode()).decode(),
    "base64, percent-encoded": quote(base64.b64encode(f"{USER}:{SECRET}".encode()).decode(), safe=""),
    "base64 in JSON": json.dumps(base64.b64encode(SECRET.encode()).decode()).replace("/", "\\/"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_blotted_out_in_every_form(form: str) -> None:
    cleaned = Blotter([SECRET]).clean(f"You sent {FORMS[form]}, to us")
    assert cleaned.replace('"', "") == "You sent ***, to us"


@pytest.mark.parametrize(
    "secret", ["a-token-nobody-may-see", "x" * 32, "=" * 32, "%3D%3D%3D", "00000000", "ключ-к-дому"]
)
@pytest.mark.parametrize("encode", [str, quote, json.dumps, html.escape, lambda text: base64.b64encode(text.encode())])
def test_of_any_secret_nothing_is_left(secret: str, encode: object) -> None:
    assert callable(encode)
    written = encode(secret)
    text = written.decode() if isinstance(written, bytes) else written
    cleaned = Blotter([secret]).clean(f"<{text}>")
    assert "***" in cleaned
    assert text not in cleaned


def test_what_is_no_secret_is_left_as_it_is() -> None:
    text = (
        "Unable to create record: The 'UniqueName' %3D is invalid &#61; \\u003d " + base64.b64encode(b"x" * 40).decode()
    )
    assert Blotter([SECRET]).clean(text) == text
    assert Blotter([""]).clean(text) == text
    assert Blotter([]).clean(text) == text


def test_of_several_secrets_all_are_blotted_out() -> None:
    assert Blotter(["one-secret", "other-secret"]).clean("other-secret one-secret") == "*** ***"


def test_it_does_not_show_them_itself() -> None:
    assert "one-secret" not in repr(Blotter(["one-secret"]))


def test_a_long_answer_is_no_work() -> None:
    blotter = Blotter([SECRET])
    began = time.process_time()
    for text in ("A" * 5000, "p4ss" * 1250, "\\" * 5000, "&amp;" * 1000, "%25" * 1500):
        blotter.clean(text)
    assert time.process_time() - began < 5


@given(st.text(min_size=12, max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_any_secret_is_found_among_other_text(secret: str, before: str, after: str) -> None:
    try:
        written = base64.b64encode((before + secret + after).encode()).decode()
    except UnicodeEncodeError:
        written = secret
    blotter = Blotter([secret])
    assert secret not in blotter.clean(before + secret + after) or secret in "***"
    assert secret in "***" or written not in blotter.clean(written)
