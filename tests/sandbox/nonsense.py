"""Random requests: most of them nearly right, some of them no sense at all. The same seed asks the same things.

Which routes and parameters there are is read from the sandbox's own code, so that a new one is asked at once.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, urlencode

import roomtui.sandbox
from tests.sandbox.nonsense_twiml import document
from tests.sandbox.nonsense_words import (
    DATES,
    DEEP,
    EDGES,
    FLAGS,
    FORM,
    JSON,
    LISTED,
    METHODS,
    NAMES,
    NEEDED,
    NONSENSE,
    PEOPLE,
    SENSE,
    STATUSES,
    TRAPS,
    USUAL,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.sandbox.wire import Routes
    from tests.sandbox.nonsense_words import Value

_PATH = re.compile(r'"url": "http://[^/"]+(/v1/[A-Z][^"?]+)"')
_SID = re.compile(r'"(?:ttid|[a-z_]*sid)": "([A-Za-z_]+?)([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27})"')
_TOKEN = re.compile(r"PageToken=(P[A-Z0-9a-f]+)")
_LIVELY = ("/participants", "/publish", "/Rooms", "/incoming", "/Calls.json", "/RecordingRules")
_KINDS = {"NameOrSid": "RM", "IdentityOrSid": "PA", "TrackNameOrSid": "MT", "TrackSid": "MT", "Sid.json": "CA"}
_CONNECT = "<Response><Connect><Room>daily</Room></Connect></Response>"


def parameter_names() -> list[str]:
    """Whatever in the sandbox's code looks like the name of a parameter."""
    code = "".join(file.read_text() for file in sorted(Path(roomtui.sandbox.__file__).parent.rglob("*.py")))
    return sorted(set(re.findall(r'"([A-Z][a-z][A-Za-z0-9]+[<>]?)"', code)))


@dataclass(frozen=True)
class Request:
    """One request, before it is put on a wire.

    Attributes:
        target: path and query, as they are sent.
        kind: the content type.
        is_control: whether it is for the control plane.
    """

    method: str
    target: bytes
    body: bytes
    kind: str

    @property
    def is_control(self) -> bool:
        return self.target.startswith(b"/_sandbox")


class Nonsense:
    """Makes requests out of what has been answered so far.

    Args:
        seed: the same one makes the same requests.
        tables: the routes.
        servers: URLs of customers' servers.
        avoided: routes that are never asked on purpose.
    """

    def __init__(
        self, seed: int, tables: Sequence[Routes], servers: Sequence[str] = (), avoided: Sequence[str] = ()
    ) -> None:
        self.random = Random(seed)  # noqa: S311 - the same for the same seed, nothing secret
        self._servers = (*servers, "http://127.0.0.1:1/down#rc=0")
        self._names = parameter_names()
        self._routes = sorted(
            (route.path, method)
            for table in tables
            for routes in table._by_length.values()
            for _parts, route in routes
            for method in route.methods
            if route.path not in avoided
        )
        self._weights = list(accumulate(_weight(*route) for route in self._routes))
        self._sids: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=12))
        self._paths: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=12))
        self._tokens: deque[str] = deque(["PTN00000000000000", "PA", "PTP"], maxlen=30)

    @property
    def routes(self) -> frozenset[tuple[str, str]]:
        """Every path and method there is to ask."""
        return frozenset(self._routes)

    def learn(self, method: str, text: str) -> None:
        """Take the SIDs and page tokens of an answer for later: mostly of what is new, and so is likely to live."""
        self._tokens.extend(_TOKEN.findall(text[-1000:]))
        if method != "POST" and not text.startswith('{"recordings"') and not self._rarely(0.1):
            return
        for prefix, rest in _SID.findall(text[:20_000]):
            if prefix + rest not in self._sids[prefix]:
                self._sids[prefix].append(prefix + rest)
        for path in _PATH.findall(text[:20_000]):
            self._paths[_shape(path)].append(path)

    def request(self, route: tuple[str, str] | None = None) -> Request:
        """The next request.

        Args:
            route: a path and a method; any, by default.
        """
        path, method = route or self.random.choices(self._routes, cum_weights=self._weights)[0]
        if self._rarely(0.03):
            method = self.random.choice(METHODS)
        target = b"/".join(map(self._part, self._filled(path).split("/")))
        if self._rarely(0.02):
            target += self.random.choice((b"/", b"//", b"?", b"#x", b"/../..", b"?a=%", b"?&&=&="))
        body, kind = self._body(f"{method} {path}") if method != "GET" else (b"", FORM)
        if self._rarely(0.3 if method == "GET" else 0.05):
            target += b"?" + self._encoded(self._some(LISTED, path))
        return Request(method, target, body, kind)

    def value(self, name: str) -> Value:
        """A value for a parameter."""
        if self._rarely(0.05):
            return self.random.choice(NONSENSE)
        if self._rarely(0.08) and name in EDGES:
            return self.random.choice(EDGES[name])
        if self._rarely(0.01):
            return self.random.randbytes(self.random.randrange(9))
        return self._sensible(name)

    def _sensible(self, name: str) -> Value:
        pick = self.random.choice
        if name in {"Twiml", "Say"}:
            return pick((_CONNECT, document(self.random, self._servers)))
        if name == "PageToken":
            return pick(self._tokens)
        if name == "Room" and self._rarely(0.5):
            return self._sid("RM")
        if name.endswith("Sid") or (name in {"Room", "Name", "Identity", "AudioSources"} and self._rarely(0.2)):
            kind = {"RoomSid": "RM", "Room": "RM", "ParentCallSid": "CA"}.get(name)
            return self._sid(kind)
        if name == "StatusCallback" or name.endswith("Url"):
            return pick(SENSE.get(name, self._servers))
        if name == "UniqueName" and self._rarely(0.5):
            return f"room {self.random.randrange(1000)}"
        if name in SENSE:
            return pick(SENSE[name])
        if name.startswith(("Date", "StartTime", "EndTime")):
            return pick(DATES)
        if name.endswith(("Method", "Rules", "Excluded")):
            alike = {"Method": "Method", "Rules": "Rules", "Excluded": "AudioSources"}
            return pick(next(SENSE[known] for ending, known in alike.items() if name.endswith(ending)))
        return pick(FLAGS)

    def _sid(self, kind: str | None) -> str:
        if kind is None or not self._sids[kind]:
            kind = self.random.choice(sorted(self._sids) or ["RM"])
        return self.random.choice(self._sids[kind]) if self._sids[kind] else "RM" + "0" * 32

    def _filled(self, route: str) -> str:
        """A route with the names of things that belong together, as far as such are known."""
        if self._rarely(0.2):
            return route
        parts = route.split("/")
        for length in range(len(parts), 3, -1):
            known = self._paths.get(_shape("/".join(parts[:length])))
            if known and "{" in "".join(parts[:length]):
                return "/".join([self.random.choice(known), *parts[length:]])
        return route

    def _part(self, part: str) -> bytes:
        if not part.startswith("{"):
            if self._rarely(0.004):
                return self.random.choice(TRAPS)
            return part.encode()
        if self._rarely(0.06):
            return self.random.choice(TRAPS)
        name = part[1:-1]
        if name == "AccountSid":
            return b"AC" + b"a" * 32
        known = self._sid(_KINDS.get(name, "video_extension_" if name == "Ttid" else name))
        if name == "NameOrSid" and self._rarely(0.3):
            known = self.random.choice(NAMES)
        if name == "IdentityOrSid" and self._rarely(0.3):
            known = self.random.choice(PEOPLE)
        if self._rarely(0.03):
            known = self._sid(None)
        return quote_from_bytes(known.encode(), safe="").encode() + (b".json" if part.endswith(".json}") else b"")

    def _some(self, usual: Sequence[str], path: str) -> list[tuple[str, Value]]:
        """Parameters: those that are needed, some that are usual, now and then a stranger, or one twice."""
        fields = [(name, self.value(name)) for name in usual if name in NEEDED or self._rarely(0.4)]
        if path.endswith("/faults"):
            fields.append(("Kind", self.random.choice(EDGES["Kind"])))
        usual_status = STATUSES.get(path.rpartition("/")[2])
        if usual_status is not None and self._rarely(0.5):
            fields = [("Status", usual_status)]
        if self._rarely(0.1) or not usual:
            fields += [(name, self.value(name)) for name in self.random.choices(self._names, k=3)]
        if fields and self._rarely(0.05):
            name = self.random.choice(fields)[0]
            fields.append((name, self.value(name)))
        if self._rarely(0.02):
            fields = fields[1:]
        return fields

    def _body(self, route: str) -> tuple[bytes, str]:
        fields = self._some(USUAL.get(route, ()), route)
        if "/_sandbox" in route and self._rarely(0.15):
            content = {name: _plain(value) for name, value in fields}
            return json.dumps(content).encode(), JSON
        if self._rarely(0.02):
            return self._strange_json(), self.random.choice((JSON, FORM, "text/plain", ""))
        kind = self.random.choice(("multipart/form-data", "text/xml", "x" * 200)) if self._rarely(0.01) else FORM
        return self._encoded(fields), kind

    def _strange_json(self) -> bytes:
        depth = self.random.randrange(100, 2000)
        content = self.random.choice(
            (DEEP, "[" * depth + "]" * depth, "{", "null", '"', "9" * 5000, '{"Advance": NaN}', '{"Room": "\\ud800"}')
        )
        return f'{{"Room": {content}, "Identity": "ann", "Advance": 1}}'.encode()

    def _encoded(self, fields: Sequence[tuple[str, Value]]) -> bytes:
        text = urlencode(fields).encode()
        if self._rarely(0.01):
            return text.replace(b"%", b"%%").replace(b"=", b"", 1) + b"&%FF=%zz&=\x00\xff"
        return text

    def _rarely(self, share: float) -> bool:
        return self.random.random() < share


def _weight(path: str, method: str) -> float:
    """How often a route is asked: what is ended or deleted must have had time to live."""
    if method == "DELETE" or path.endswith(("/leave", "/fail", "/hangup")):
        return 0.4
    return 3.0 if method == "POST" and path.endswith(_LIVELY) else 1.0


def _shape(path: str) -> str:
    """A path without the names in it: `/v1/Rooms/{}/Participants/{}`."""
    parts = path.split("/")
    return "/".join("{}" if part[:1] == "{" or len(part) >= 34 else part for part in parts)


def _plain(value: Value) -> object:
    """A value as it may stand in JSON: a number, a lone surrogate, a text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 20 else value
