"""What goes over the wire, without the server: a request as a `Call`, a response as an `Answer`, and the routes.

Path parts and parameters are decoded here, because Twilio's names may hold anything: `a%2Fb` is one path part,
and bytes that are not UTF-8 must reach the rules that refuse them (as lone surrogates), not break the parser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote

from roomtui.sandbox.world.refusals import Refusal, not_found

MOST_PARAMETERS = 1000

READS = frozenset({"GET", "HEAD"})
"""The methods that ask and change nothing."""

Fields = Mapping[str, Sequence[str]]
"""The parameters of a form or a query: each with all its values, in order."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and decoded.

    Attributes:
        path: as sent, percent-encoded, without the query.
        origin: the scheme and host the client used, for the absolute URLs of the answer.
    """

    method: str
    path: str
    origin: str
    query: Fields = field(default_factory=dict)
    form: Fields = field(default_factory=dict)
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. The body is JSON text unless a header says otherwise."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call, Sequence[str]], Answer]
"""Answers a call; the decoded path parts that the route left open come along."""


def parse_fields(text: str) -> dict[str, list[str]]:
    """The parameters of a query string or a form body.

    Raises:
        ValueError: for more of them than anybody needs.
    """
    fields: dict[str, list[str]] = {}
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_PARAMETERS)
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def json_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body. Non-ASCII is escaped, so that any text at all can be sent."""
    return Answer(status, json.dumps(body), headers or {})


def refusal_answer(refusal: Refusal) -> Answer:
    """Twilio's error body."""
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "more_info": refusal.more_info,
        "status": refusal.status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.status == 401 else {}
    return json_answer(refusal.status, body, headers)


@dataclass(frozen=True, slots=True)
class Route:
    """A path with open parts in braces, and what answers which method there."""

    path: str
    methods: Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Match:
    """The route of one call, and the decoded values of its open parts."""

    route: Route
    values: Sequence[str]


class Routes:
    """Finds the route of a path. Only the shape of the path counts, as parts between slashes."""

    def __init__(self, routes: Mapping[str, Mapping[str, Handler]]) -> None:
        self._by_length: dict[int, list[tuple[list[str], Route]]] = {}
        for path, methods in routes.items():
            parts = path.split("/")
            self._by_length.setdefault(len(parts), []).append((parts, Route(path, methods)))

    def match(self, path: str) -> Match | None:
        """The route of a percent-encoded path, if there is one."""
        given = path.split("/")
        for parts, route in self._by_length.get(len(given), ()):
            if all(part == value or (part[:1] == "{" and value) for part, value in zip(parts, given, strict=True)):
                values = [value for part, value in zip(parts, given, strict=True) if part[:1] == "{"]
                return Match(route, [unquote(value, errors="surrogateescape") for value in values])
        return None

    def answer(self, call: Call, resource: str) -> Answer:
        """The answer of the route's handler.

        Args:
            call: the request.
            resource: what a 404 calls the path.

        Raises:
            Refusal: 20404 for a path without a route, and whatever the handler refuses. A method that the route
                does not have is answered: 20004, with those it has (RFC 9110, 15.5.6).
        """
        match = self.match(call.path)
        if match is None:
            raise not_found(resource)
        methods = match.route.methods
        if call.method == "HEAD" and "GET" in methods:  # the server leaves the body out (RFC 9110, 9.3.2)
            return methods["GET"](call, match.values)
        handler = methods.get(call.method)
        if handler is None:
            answer = refusal_answer(Refusal(20004))
            return replace(answer, headers={"Allow": ", ".join(_allowed(methods))})
        return handler(call, match.values)


def _allowed(methods: Mapping[str, Handler]) -> list[str]:
    return sorted({*methods, "HEAD"} if "GET" in methods else methods)
