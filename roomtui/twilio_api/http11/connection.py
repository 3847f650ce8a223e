"""One connection: a request goes out, its answer comes back, then perhaps another."""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from roomtui.twilio_api.http11.faults import (
    AnswerTimeout,
    BrokenOff,
    Disconnected,
    HttpFault,
    NotHttp,
    TooMuch,
)
from roomtui.twilio_api.http11.message import Answer, Headers
from roomtui.twilio_api.http11.unpacking import Unpacker, unpacker

if TYPE_CHECKING:
    from collections.abc import Callable

    Heard = Callable[[int, Headers], object]

HEAD_MAX: Final = 64 * 1024
"""Bytes of status line and headers, provisional answers and trailers included; what comes in several pieces may count
twice. Twilio's have one thousand."""

FIELDS_MAX: Final = 100
"""Headers of an answer. Twilio's have some twenty."""

_CHUNKING: Final = 2
"""How much longer a body may be on the wire: each chunk may have comments, and there may be lines behind the last."""

_SWITCHING: Final = 101


class Connection(asyncio.Protocol):
    """Speaks HTTP/1.1 as a client, one request at a time.

    Answers are told apart by nothing but their order, so after anything that was not expected (a cancelled request, a
    byte that nobody asked for, an answer that came before the request was out) the connection is closed rather than
    used again. Else one room's answer could be taken for another's.

    An answer is kept whole in memory, up to the limit that the asker gives, and so is a request: there is nobody to
    slow down by reading or writing less at once.

    Attributes:
        idle_since: the keeper's own note, by the loop's time.
        spoke_unasked: whether it was closed because something came that nobody asked for.
        lost: why it is closed for good; None while it is not.
    """

    def __init__(self, came: Callable[[Connection], None], gone: Callable[[Connection], None]) -> None:
        """`came` is told when the connection is open; `gone`, after it, when it is closed, by whomever."""
        self._came = came
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._poll: select.poll | None = None
        self._closing = False
        self.idle_since = 0.0
        self.spoke_unasked = False
        self.lost: Exception | None = None
        # Of the request that waits for its answer:
        self._waiter: asyncio.Future[Answer] | None = None
        self._fault: Exception | None = None
        self._heard: Heard | None = None
        self._headless = False
        self._in_body = False
        self._until_close = False
        self._status = 0
        self._fields: dict[str, str] = {}
        self._headers = Headers(self._fields)
        self._head_left = self._fields_left = self._room = self._wire_left = 0
        self._pieces: list[bytes] = []
        self._unpacker: Unpacker | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is, and nobody waits for an answer on it."""
        return (
            not self._closing
            and self._transport is not None
            and not self._transport.is_closing()
            and self._waiter is None
        )

    @property
    def is_silent(self) -> bool:
        """Whether nothing lies in the socket unread: the end, or an answer ahead of its question."""
        return self._poll is None or not self._poll.poll(0)

    async def ask(
        self, request: bytes, *, deadline: float, body_max: int, heard: Heard | None = None, headless: bool = False
    ) -> Answer:
        """Send a request, and wait for its answer.

        Args:
            request: as it goes out. That it went out is certain only if an answer comes; that it did not, never.
            deadline: by the loop's time; the last byte must have come then.
            body_max: bytes, unpacked.
            heard: told status and headers as soon as they are there; the body may take longer, or not come at all.
            headless: whether it is a HEAD request, whose answer has no body though it says so.

        Raises:
            HttpFault: no whole answer came.
            OSError: neither, and the system says why.
        """
        if self._transport is None or self._waiter is not None:
            raise RuntimeError("a connection that is not open, or waits for an answer")
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        self._headless = headless
        self._heard = heard
        self._room = body_max
        self._head_left = HEAD_MAX
        self._wire_left = HEAD_MAX + _CHUNKING * body_max
        self._fault = None
        self._start_answer()
        timer = self._loop.call_at(deadline, self._expire)
        try:
            self._transport.write(request)
            return await waiter
        except BaseException:  # cancelled, for one: the answer may come at any time
            self._waiter = None
            self.abort()
            raise
        finally:
            timer.cancel()

    def abort(self) -> None:
        """Close it, now."""
        self._closing = True
        if self._transport is not None:
            # Not `close`: over TLS it would wait for the other end to say goodbye, for half a minute.
            self._transport.abort()

    def fail(self, fault: Exception) -> None:
        """Close it, and tell whoever waits for an answer why none comes."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(fault)
        self.abort()

    # -- asyncio's side -----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock.fileno(), select.POLLIN)
        self._came(self)
        if self._closing:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """A piece of an answer, or something that nobody asked for."""
        if self._waiter is None:
            self.spoke_unasked = True
            self.abort()
            return
        self._wire_left -= len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self.fail(self._fault or _bug(error) or NotHttp())
            return
        if not self._in_body:
            self._head_left -= len(data)
        if self._head_left < 0:
            self.fail(NotHttp())
        elif self._wire_left < 0:
            self.fail(TooMuch())

    def eof_received(self) -> None:
        """The other end has said all it has to say; asyncio closes the connection."""

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed."""
        self._closing = True
        self.lost = error or Disconnected()
        self._poll = None
        if self._waiter is not None:
            self._conclude(error)
        if self._transport is not None:
            self._transport.abort()  # it is closed, but Python 3.10 knows that of TLS only if we say so
        self._transport = None
        self._gone(self)

    def _conclude(self, error: Exception | None) -> None:
        if self._in_body and self._until_close and error is None:
            try:
                self._finish()
            except HttpFault as fault:
                self.fail(fault)
        elif self._in_body:
            self.fail(BrokenOff())
        else:
            self.fail(error if error is not None else Disconnected())

    def _expire(self) -> None:
        self.fail(AnswerTimeout())

    # -- the parser's side --------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """The first byte of an answer."""
        if self._waiter is None:
            # Behind the answer, in the same piece: another one, which nobody asked for.
            self.abort()
            raise self._stop(NotHttp())

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which is not wanted."""
        self._head_left -= len(name) + len(value)
        self._fields_left -= 1
        if self._head_left < 0 or self._fields_left < 0:
            raise self._stop(NotHttp())
        if not self._in_body:
            self._fields.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        """The body follows, if there is one."""
        self._status = status = self._parser.get_status_code()
        if status == _SWITCHING or status < 100:
            raise self._stop(NotHttp())
        if status < 200:
            return
        fields = self._fields
        chunked = fields.get("transfer-encoding")
        if chunked is not None and chunked.strip().lower() != "chunked":
            raise self._stop(NotHttp())
        bodiless = self._headless or status in {204, 304}
        length = fields.get("content-length")
        self._until_close = chunked is None and length is None and not bodiless
        try:
            self._unpacker = unpacker(fields.get("content-encoding", "")) if not bodiless else None
        except HttpFault as fault:
            raise self._stop(fault) from None
        if length is not None and not bodiless and int(length) > self._room:
            raise self._stop(TooMuch())
        self._in_body = True
        self._headers = Headers(fields)
        if self._heard is not None:
            self._heard(status, self._headers)
        if self._headless:
            self.abort()
            self._finish()

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        if self._unpacker is not None:
            try:
                data = self._unpacker.feed(data, self._room)
            except HttpFault as fault:
                raise self._stop(fault) from None
        self._room -= len(data)
        if self._room < 0:
            raise self._stop(TooMuch())
        self._pieces.append(data)

    def on_message_complete(self) -> None:
        """The whole answer is here."""
        if self._status < 200:
            self._start_answer()
            return
        transport = self._transport
        if self._headless or transport is None or self._waiter is None:
            return
        # An answer to what has not been sent yet answers something else, too.
        if not self._parser.should_keep_alive() or transport.get_write_buffer_size():
            self.abort()
        try:
            self._finish()
        except HttpFault as fault:
            raise self._stop(fault) from None

    def _start_answer(self) -> None:
        self._in_body = self._until_close = False
        self._status = 0
        self._fields = {}
        self._fields_left = FIELDS_MAX
        self._pieces = []
        self._unpacker = None

    def _finish(self) -> None:
        """Hand out the answer.

        Raises:
            BrokenOff: what was packed into it has not come to its end.
        """
        if self._unpacker is not None:
            self._unpacker.finish()
        pieces, self._pieces = self._pieces, []
        answer = Answer(self._status, self._headers, pieces[0] if len(pieces) == 1 else b"".join(pieces))
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(answer)
        else:
            self.abort()

    def _stop(self, fault: Exception) -> Exception:
        """The fault, to be raised: the parser stops, and tells only that somebody raised something."""
        self._fault = fault
        return fault


def _bug(error: Exception) -> Exception | None:
    """What the parser's error hides: one of ours in a callback."""
    hidden = error.__context__
    return hidden if isinstance(hidden, Exception) else None
