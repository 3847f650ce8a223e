"""An HTTP answer read as Twilio's: its JSON object, or the error that it is. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.blotting import KNOWS_NONE, Blotter
from roomtui.twilio_api.errors import (
    Broken,
    CredentialsRefused,
    NotFound,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_CODE_MAX: Final = 1_000_000
_MESSAGE_MAX: Final = 500
"""Characters. Twilio's sentences are short; a longer one would fill the screen."""
_READ_MAX: Final = 5000
"""Characters of a sentence that are looked at at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whoever sent it.

    Attributes:
        status: the HTTP status.
        text: the body.
        headers: looked up by their usual spelling.
        host: whom we asked, for people.
        retry_after: seconds that the answer asks us to wait, or None.
        blotter: knows the secrets of the request, which a refusal may repeat.
    """

    status: int
    text: str
    headers: Mapping[str, str]
    host: str
    retry_after: float | None = None
    blotter: Blotter = KNOWS_NONE


def payload(answer: Answer) -> dict[str, object]:
    """The JSON object that a successful answer holds.

    Raises:
        Refused: Twilio says no; the subclass says why.
        NotTwilio: no JSON object, or a redirect.
    """
    return _object(answer.host, body(answer))


def body(answer: Answer) -> str:
    """The text of a successful answer, which may be JSON.

    Raises:
        Refused: Twilio says no; the subclass says why.
        NotTwilio: it is certainly none, or a redirect.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    if not answer.text.strip():
        raise not_twilio(answer.host, f"nothing in its answer, HTTP {answer.status}")
    if _is_html(answer):
        raise NotTwilio(f"{answer.host} answered with HTML, not JSON: is the API URL right?")
    return answer.text


def request_id(headers: Mapping[str, str]) -> str | None:
    """The `Twilio-Request-Id` (`RQ` and 32 hex digits); None where there is none fit to show."""
    value = headers.get("Twilio-Request-Id", "")
    return value if _REQUEST_ID.fullmatch(value) else None


def no_constant(name: str) -> object:
    """Refuse what Python would read as a number, as `json`'s `parse_constant`: Infinity and NaN."""
    raise ValueError(f"{name} is not JSON")


def fraction(text: str) -> float | str:
    """A number with a point or an exponent, as `json`'s `parse_float`; its text where it is too big to be one here.

    As a float it would be infinity, which no JSON of ours could tell.
    """
    read = float(text)
    return read if isfinite(read) else text


def not_twilio(host: str, what: str) -> NotTwilio:
    """The error of an answer that is JSON and still not Twilio's. `what`: what is wrong with it, in our words."""
    return NotTwilio(f"{host} does not answer like Twilio ({what}): is the API URL right?")


def _object(host: str, text: str) -> dict[str, object]:
    try:
        # Infinity and NaN are Python's idea, not JSON's. RecursionError: a body of brackets only.
        read = json.loads(text, parse_constant=no_constant, parse_float=fraction)
    except (ValueError, RecursionError):
        raise not_twilio(host, "broken JSON") from None
    if not isinstance(read, dict):
        raise not_twilio(host, "JSON, but no object")
    return read


def _refusal(answer: Answer) -> TwilioError:
    """The error of an answer whose status is not 2xx."""
    status = answer.status
    if status < 400:
        return NotTwilio(f"{answer.host} redirects (HTTP {status}) instead of answering: is the API URL right?")
    kind = _kind(status)
    try:
        told = {} if _is_html(answer) else _object(answer.host, answer.text)
    except NotTwilio:
        told = {}
    code, message = _code(told.get("code")), _message(told, answer.blotter)
    if code is None and not message and kind not in {Throttled, Broken, CredentialsRefused}:
        # A gateway in front of Twilio may say 401, 429 or 502 in HTML; any other refusal of Twilio's has a code.
        what = "HTML" if _is_html(answer) else "no Twilio error"
        return NotTwilio(
            f"{answer.host} answered HTTP {status} with {what}: is the API URL right, or a proxy in the way?"
        )
    return kind(
        status=status,
        code=code,
        message=Untrusted(message),
        request_id=_without_secrets(request_id(answer.headers), answer.blotter),
        retry_after=answer.retry_after,
    )


def _kind(status: int) -> type[Refused]:
    if status in {401, 403}:
        return CredentialsRefused
    if status == 404:
        return NotFound
    if status == 429:
        return Throttled
    return Broken if status >= 500 else Refused


def _code(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < _CODE_MAX else None


def _message(told: Mapping[str, object], blotter: Blotter) -> str:
    """Twilio's words: `message`, or `title` and `detail` of a problem document (RFC 9457)."""
    words = [told.get("message")] if "message" in told else [told.get("title"), told.get("detail")]
    said = ": ".join(word for word in words if isinstance(word, str) and word)
    # People are to read its words, not the secret in them.
    return blotter.clean(said[:_READ_MAX])[:_MESSAGE_MAX]


def _without_secrets(shown: str | None, blotter: Blotter) -> str | None:
    return None if shown is None or blotter.clean(shown) != shown else shown


def _is_html(answer: Answer) -> bool:
    return "html" in answer.headers.get("Content-Type", "").lower() or answer.text.lstrip()[:1] == "<"
