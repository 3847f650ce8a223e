"""A Twilio in which strangers choose every text: names, identities, tracks, callbacks, and what it says itself."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.twilio_api.scripted import call_json, participant_json, refusal_json, room_json, rules_json, track_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

PAGE = 1000
ACCOUNT = "AC" + "0" * 32
SECRET = "not-for-anybodys-eyes-0123456789"


def sid(kind: str, number: int) -> str:
    """The SID of the thing with this number."""
    return f"{kind}{number:032x}"


def stamp(seconds_ago: float) -> str:
    """A time, as Twilio tells it."""
    return f"{datetime.now(timezone.utc) - timedelta(seconds=seconds_ago):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Asked:
    """A request that came: method, path with query, headers and body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str


@dataclass
class Town:
    """What this Twilio tells. Everything may be changed while it runs.

    Attributes:
        names: of the rooms in progress.
        people: who is in the rooms, by name: everybody in each twentieth, some two in the others.
        more: fields that every room has besides, or instead.
        says: what it answers to requests that it does not know, and to all where it refuses.
        refuses: the status with which everything is answered, if it is.
        answer: asked first; may answer with a status, a body and a content type.
    """

    names: Sequence[str] = ()
    people: Sequence[str] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    tracks: Sequence[str] = ()
    says: str = "no such thing"
    refuses: int | None = None
    answer: Callable[[Asked], tuple[int, object] | None] = lambda _asked: None
    asked: list[Asked] = field(default_factory=list)
    ended: bool = False
    _pages: tuple[object, list[bytes]] = ((), [])
    _began: float = 600.0
    _created: str = field(default_factory=lambda: stamp(600.0))

    def rename(self, names: Sequence[str]) -> None:
        """All rooms get new names, between two lists."""
        self._pages = (names, self._written(names))
        self.names = names

    def room(self, number: int) -> dict[str, object]:
        """One of the rooms."""
        about: dict[str, object] = {
            "unique_name": self.names[number],
            "date_created": self._created,
            "unused_room_timeout": 60,
            "empty_room_timeout": 60,
        }
        if self.ended:
            about |= {"status": "completed", "end_time": stamp(60), "duration": int(self._began - 60)}
        return room_json(number, account_sid=ACCOUNT) | about | dict(self.more)

    def person(self, room: str, number: int) -> dict[str, object]:
        """One of the people of a room."""
        about: dict[str, object] = {"identity": self.people[number], "room_sid": room, "start_time": stamp(300)}
        if self.ended:
            about |= {"status": "disconnected", "end_time": stamp(60), "duration": 240}
        return participant_json(int(room[-8:], 16) * 1000 + number) | about

    def _written(self, names: Sequence[str]) -> list[bytes]:
        before, self.names = self.names, names
        try:
            pages = []
            for start in range(0, max(1, len(names)), PAGE):
                rooms = [self.room(number) for number in range(start, min(start + PAGE, len(names)))]
                more = f"/v1/Rooms?PageSize={PAGE}&Page={start // PAGE + 1}" if start + PAGE < len(names) else None
                pages.append(json.dumps(page("rooms", rooms, more)).encode())
            return pages
        finally:
            self.names = before

    def reply(self, asked: Asked) -> tuple[int, object]:
        """The status and the body of the answer."""
        told = self.answer(asked)
        if told is not None:
            return told
        if self.refuses is not None:
            return self.refuses, refusal_json(self.refuses, 20003, self.says)
        parts = urlsplit(asked.target)
        query, path = parse_qs(parts.query), unquote(parts.path).strip("/").split("/")
        if asked.method != "GET":
            return 400, refusal_json(400, 20001, self.says)
        return self._read(path, query)

    def _read(self, path: list[str], query: dict[str, list[str]]) -> tuple[int, object]:
        if path[:2] == ["v1", "Rooms"] and len(path) == 2:
            return 200, self._list(query)
        if path[:2] == ["v1", "Rooms"] and (number := self._number(path[2])) is not None:
            room = sid("RM", number)
            wanted = path[3:]
            if not wanted:
                return 200, self.room(number)
            gone = query.get("Status", [""])[0] == ("connected" if self.ended else "disconnected")
            if wanted == ["Participants"]:
                return 200, page("participants", [] if gone else self._crowd(room, number), None)
            if wanted == ["RecordingRules"]:
                return 200, rules_json([{"type": "exclude", "all": True}], room_sid=room)
            if len(wanted) == 2:
                return 200, self.person(room, int(wanted[1][-3:], 16) % max(1, len(self.people)))
            if wanted[2:] == ["PublishedTracks"]:
                tracks = [
                    track_json(each, name=name, participant_sid=wanted[1], room_sid=room)
                    for each, name in enumerate(self.tracks)
                ]
                return 200, page("published_tracks", tracks, None)
        if path[-1] == "Calls.json":
            return 200, {"calls": [call_json(1)], "page": 0, "page_size": 1, "next_page_uri": None}
        return 404, refusal_json(404, 20404, self.says)

    def _crowd(self, room: str, number: int) -> list[dict[str, object]]:
        everybody = range(len(self.people))
        return [self.person(room, each) for each in (everybody if number % 20 == 0 else everybody[number : number + 2])]

    def _list(self, query: dict[str, list[str]]) -> object:
        status = query.get("Status", ["in-progress"])[0]
        if (status == "in-progress") is self.ended:
            return page("rooms", [], None)
        if "UniqueName" in query:
            found = [self.room(at) for at, name in enumerate(self.names) if name == query["UniqueName"][0]]
            return page("rooms", found, None)
        number = int(query.get("Page", ["0"])[0])
        if self._pages[0] is not self.names or self.ended:
            self._pages = (self.names, self._written(self.names))
        pages = self._pages[1]
        return pages[min(number, len(pages) - 1)]

    def _number(self, name_or_sid: str) -> int | None:
        if name_or_sid.startswith("RM") and len(name_or_sid) == 34 and name_or_sid[2:].isalnum():
            try:
                number = int(name_or_sid.removeprefix("RM"), 16)
            except ValueError:
                return None
            return number if number < len(self.names) else None
        return next((at for at, name in enumerate(self.names) if name == name_or_sid), None)


def page(key: str, records: list[dict[str, object]], more: str | None) -> dict[str, object]:
    return {key: records, "meta": {"page": 0, "page_size": PAGE, "next_page_url": more, "key": key}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        town: Town = self.server.town  # type: ignore[attr-defined]  # of our own server
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        asked = Asked(self.command, self.path, dict(self.headers.items()), body)
        town.asked.append(asked)
        status, told = town.reply(asked)
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_DELETE = do_PUT = do_CONNECT = do_GET  # noqa: N815 - as the library wants them called

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Who hangs up while they are answered hangs up."""


class Running:
    """`with Running(town) as running`: the town answers on loopback, at `url`."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.town = town  # type: ignore[attr-defined]  # as above
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def environ(self) -> dict[str, str]:
        """What makes the program this account's."""
        return {
            "ROOMTUI_API_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_API_KEY": "SK" + "0" * 32,
            "TWILIO_API_SECRET": SECRET,
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def posts(self) -> list[Any]:
        """Everything that was to change something."""
        return [each for each in self.town.asked if each.method != "GET"]
