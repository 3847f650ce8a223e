"""Signed requests to the customer's own server: TwiML documents and status callbacks.

A sandbox runs on a developer's machine, so it calls that machine only, unless a host was allowed by name.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from roomtui.sandbox.callbacks.overrides import overrides_of
from roomtui.sandbox.callbacks.url import Target, form_encoded, host_name, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import ResolveResult

USER_AGENT = "TwilioProxy/1.1"
CONTENT_TYPE = "application/x-www-form-urlencoded"

MOST_BYTES = 65_536
"""The longest answer that is taken in (error 11750: a TwiML document has at most 64 KB)."""

MOST_REDIRECTS = 5
"""No document says how many are too many (error 11215)."""

_REDIRECTS = {301, 302, 303, 307}  # "Twilio will only follow redirects for status codes ..." (error 11216)
_NO_CHARSETS = {"idna", "punycode", "undefined"}  # Python would try them: without `replace`, or for seconds
_CONNECT_SECONDS = 5.0  # "Webhook connection overrides": the default of `ct`
_EXPIRED, _OTHER_HOST = 10, 62  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer's server answered, whatever its status.

    Attributes:
        content_type: without its parameters, in lower case; empty where there is none.
        url: where the answer came from, after redirects.
    """

    status: int
    content_type: str
    text: str
    url: str


class CourierError(Exception):
    """No usable answer.

    Attributes:
        code: Twilio's error code, 11100 to 11750.
        message: one sentence for people.
        policy: the retry policy that covers it (`ct`: no connection, `rt`: no answer in time), None if it would fail
            again.
        status: the HTTP status, where there was one.
    """

    def __init__(self, code: int, message: str, *, policy: str | None = None, status: int | None = None) -> None:
        self.code = code
        self.message = message
        self.policy = policy
        self.status = status
        super().__init__(f"{code}: {message}")


def signature(auth_token: str, url: str, parameters: Mapping[str, str]) -> str:
    """`X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted POST parameters (Security, "Validating requests").

    Args:
        auth_token: the account's; no other secret can be used to check it.
        url: as it is requested, with its query.
        parameters: those of the body; none for a GET, whose parameters are in the URL.
    """
    text = url + "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Courier:
    """Sends one request at a time for each caller; how many callers there are is their own business.

    Args:
        auth_token: signs.
        allowed_hosts: names and addresses beyond this machine that may be called.
        timeout: seconds for a whole delivery, redirects included, unless the URL's own overrides say otherwise.
    """

    def __init__(self, auth_token: str, allowed_hosts: frozenset[str] = frozenset(), *, timeout: float = 15.0) -> None:
        self._auth_token = auth_token
        self._allowed = frozenset(map(host_name, allowed_hosts))
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def send(
        self, method: str, url: str, parameters: Mapping[str, str], *, idempotency_token: str | None = None
    ) -> Reply:
        """One attempt: a POST with a form, or a GET with a query.

        A redirect is followed as a browser does: with a GET and without the parameters, after a 307 as it was.
        A name and password in the URL are neither sent nor signed as part of it; they answer a server that
        asks for them (Security, "HTTP authentication").

        Args:
            method: `GET` or `POST`.
            url: absolute; its fragment is not sent.
            parameters: each with one value.
            idempotency_token: sent as `I-Twilio-Idempotency-Token`, the same for every attempt at one delivery.

        Raises:
            CourierError: if no answer came, or none that can be taken in.
        """
        overrides = overrides_of(url)
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=overrides.connect or min(_CONNECT_SECONDS, self._timeout),
            sock_read=overrides.read or self._timeout,
        )
        total = overrides.total or self._timeout
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Content-Type": CONTENT_TYPE}
        if idempotency_token is not None:
            headers["I-Twilio-Idempotency-Token"] = idempotency_token
        trip = _Trip(self, timeout, headers)
        try:
            return await asyncio.wait_for(trip.make(method, url, parameters), total)
        except asyncio.TimeoutError:
            message = f"{spoken(url)} did not answer within {total:g} seconds."
            raise CourierError(11205, message, policy="rt") from None

    async def close(self) -> None:
        """Close all connections. Nothing can be sent any more."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def sign(self, url: str, parameters: Mapping[str, str]) -> str:
        """The signature of a request."""
        return signature(self._auth_token, url, parameters)

    def check(self, host: str) -> None:
        """Whether a host may be called.

        Raises:
            CourierError: if not.
        """
        if host == "localhost" or host in self._allowed:
            return
        try:
            here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            here = False
        if not here:
            raise CourierError(
                11205,
                f"The sandbox calls this machine only: {host} is not a loopback host, and was not allowed"
                " (--allow-callbacks-to).",
            )

    def session(self) -> aiohttp.ClientSession:
        """Made when it is first needed: it belongs to the event loop that runs then.

        Every request has a connection of its own: one that was kept may be closed by the other side just when it is
        used again, which would look like a failure of the customer's server.
        """
        if self._closed:
            raise CourierError(11205, "The sandbox has stopped.")
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=True, resolver=_Resolver())
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
            self._session._retry_connection = False  # noqa: SLF001 - no other way to make one attempt of a GET
        return self._session


class _Trip:
    """One delivery, from the first request to the last."""

    def __init__(self, courier: Courier, timeout: aiohttp.ClientTimeout, headers: Mapping[str, str]) -> None:
        self._courier = courier
        self._timeout = timeout
        self._headers = headers

    async def make(self, method: str, url: str, parameters: Mapping[str, str]) -> Reply:
        """Follow the redirects to an answer."""
        try:
            target = Target.parse(url)
        except ValueError:
            raise CourierError(11100, f"{spoken(url)} is not an absolute http(s) URL.") from None
        if method == "GET":
            target, parameters = target.with_query(parameters), {}
        for _hop in range(MOST_REDIRECTS + 1):
            answer = await self._ask(method, target, parameters)
            if isinstance(answer, Reply):
                return answer
            target = answer.target
            if answer.status != 307:
                method, parameters = "GET", {}
        raise CourierError(11215, f"{spoken(url)} was redirected more than {MOST_REDIRECTS} times.")

    async def _ask(self, method: str, target: Target, parameters: Mapping[str, str]) -> Reply | _Redirect:
        """Ask, and ask again with name and password where the server wants them.

        "Twilio will first send a request with no `Authorization` header" (Security, "HTTP authentication").
        """
        self._courier.check(target.host)
        answer = await self._exchange(method, target, parameters, login=None)
        if target.login is not None and isinstance(answer, Reply) and answer.status == 401:
            answer = await self._exchange(method, target, parameters, login=target.login)
        return answer

    async def _exchange(
        self, method: str, target: Target, parameters: Mapping[str, str], login: str | None
    ) -> Reply | _Redirect:
        headers = {**self._headers, "X-Twilio-Signature": self._courier.sign(target.url, parameters)}
        if login is not None:
            headers["Authorization"] = login
        try:
            async with self._courier.session().request(
                method,
                URL(target.url, encoded=True),
                data=form_encoded(parameters).encode() if method == "POST" else None,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if 300 <= response.status < 400:
                    return _redirect(target, response)
                return await _read(target, response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            _explain(error, target.url)


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where a server sends us instead."""

    status: int
    target: Target


def _redirect(source: Target, response: aiohttp.ClientResponse) -> _Redirect:
    location = response.headers.get("Location", "") if response.status in _REDIRECTS else ""
    try:
        target = Target.parse(location and urljoin(source.url, location))
    except ValueError:
        message = f"{spoken(source.url)} answered {response.status}, which is not a redirect that can be followed."
        raise CourierError(11216, message, status=response.status) from None
    if target.login is None and target.server == source.server:  # and may be told the same password
        target = Target(target.url, target.host, source.login)
    return _Redirect(response.status, target)


async def _read(target: Target, response: aiohttp.ClientResponse) -> Reply:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            message = f"The answer of {spoken(target.url)} is longer than {MOST_BYTES} bytes."
            raise CourierError(11750, message, status=response.status)
    text = _decoded(body, response.charset or "utf-8")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Reply(response.status, content_type, text, target.url)


def _decoded(body: bytearray, charset: str) -> str:
    """The text of a body; a character set that does not exist, or is none, counts as UTF-8."""
    if charset.lower() not in _NO_CHARSETS:
        try:
            return body.decode(charset, errors="replace")
        except (LookupError, ValueError):  # ValueError: a name with NUL in it
            pass
    return body.decode(errors="replace")


def _explain(error: Exception, url: str) -> NoReturn:
    """Twilio's code for what went wrong on the way.

    Raises:
        CourierError: always.
    """
    where = spoken(url)
    if isinstance(error, aiohttp.ServerTimeoutError):
        policy = "ct" if isinstance(error, aiohttp.ConnectionTimeoutError) else "rt"
        raise CourierError(11205, f"{where} did not answer in time.", policy=policy) from error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = error.certificate_error
        verdict = reason.verify_code if isinstance(reason, ssl.SSLCertVerificationError) else 0
        code = {_EXPIRED: 11236, _OTHER_HOST: 11235}.get(verdict, 11237)
        raise CourierError(code, f"The certificate of {where} is not valid.") from error
    if isinstance(error, aiohttp.ClientSSLError):
        raise CourierError(11220, f"{where} does not speak TLS.") from error
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        raise CourierError(11210, f"The host of {where} is not known.", policy="ct") from error
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        raise CourierError(11206, f"{where} did not answer in HTTP.", policy="ct") from error
    if isinstance(error, aiohttp.ClientConnectorError):
        raise CourierError(11205, f"{where} cannot be connected to.", policy="ct") from error
    raise CourierError(11205, f"{where} closed the connection without an answer.", policy="ct") from error


class _Resolver(AbstractResolver):
    """`localhost` is this machine, whatever a name server says; other names are asked for."""

    def __init__(self) -> None:
        self._others = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != "localhost":
            return await self._others.resolve(host, port, family)
        return [
            {"hostname": host, "host": address, "port": port, "family": kind, "proto": 0, "flags": 0}
            for kind, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
            if family in {socket.AF_UNSPEC, kind}
        ]

    async def close(self) -> None:
        await self._others.close()
