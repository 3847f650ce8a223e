"""Reading a request off the wire, whatever a client may send."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from roomtui.sandbox.wire import Call, parse_fields
from roomtui.sandbox.world.parameters import json_object
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from roomtui.sandbox.wire import Fields

LARGEST_BODY = 256 * 1024
"""Bytes. Twilio's own bound is not documented; no room needs a hundredth of it."""

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_FORM = "application/x-www-form-urlencoded"


async def read_call(request: web.BaseRequest, *, json_too: bool, usual_origin: str) -> Call:
    """The request as a `Call`.

    Args:
        request: the request.
        json_too: take a JSON object for a form, as the control plane does.
        usual_origin: for a client that names no host, or none that can stand in a URL.

    Raises:
        Refusal: 20001 for a body or query that cannot be read, with status 413 for one that is too large.
    """
    path, _, query = path_and_query(request)
    body = await _read_body(request)
    host = request.headers.get("Host", "")
    return Call(
        method=request.method,
        path=path,
        origin=f"{_scheme(request)}://{host}" if _HOST.fullmatch(host) else usual_origin,
        query=_fields(query) if query else {},
        form=_form(request, body, json_too=json_too) if body else {},
        authorization=request.headers.get("Authorization"),
    )


def _scheme(request: web.BaseRequest) -> str:
    """What the client speaks: a proxy that ends TLS before us says so, and without it every next page would be lost."""
    return "https" if request.headers.get("X-Forwarded-Proto", "").lower() == "https" else request.scheme


def path_and_query(request: web.BaseRequest) -> tuple[str, str, str]:
    """The path as it was sent, still percent-encoded: `a%2Fb` must not become two parts."""
    target = request.raw_path.partition("#")[0]
    if not target.startswith("/"):  # the absolute form that proxies are sent
        try:
            parts = urlsplit(target)
        except ValueError:
            return "/", "", ""
        target = f"{parts.path}?{parts.query}"
    return target.partition("?")


async def _read_body(request: web.BaseRequest) -> bytes:
    if not request.can_read_body:
        return b""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(20001, "The request body must not be compressed")
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")  # else curl waits a second before it sends
    chunks, size = [], 0
    try:
        async for chunk in request.content.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                break
    except web.RequestPayloadError:
        raise Refusal(20001, "The request body breaks off") from None
    if size > LARGEST_BODY:
        raise Refusal(20001, "The request body is too large", status=413)
    return b"".join(chunks)


def _form(request: web.BaseRequest, body: bytes, *, json_too: bool) -> Fields:
    kind = request.headers.get("Content-Type", _FORM).partition(";")[0].strip().lower()
    if kind == _FORM:
        return _fields(body.decode("ascii", "surrogateescape"))
    if kind == "application/json" and json_too:
        return _json_fields(body)
    raise Refusal(20001, f"The request body must be {_FORM}")


def _fields(text: str) -> Fields:
    try:
        return parse_fields(text)
    except ValueError:
        raise Refusal(20001, "Too many parameters") from None


def _json_fields(body: bytes) -> Fields:
    content = json_object(body)
    if content is None:
        raise Refusal(20001, "The request body must be a form or a JSON object")
    return {name: [_json_text(value)] for name, value in content.items() if value is not None}


def _json_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
