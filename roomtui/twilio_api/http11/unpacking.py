"""Bodies that come packed (RFC 9110, section 8.4.1), unpacked piece by piece and never beyond a limit."""

from __future__ import annotations

import zlib
from typing import Final

from roomtui.twilio_api.http11.faults import BrokenOff, Garbled, TooMuch

ACCEPTED: Final = "gzip, deflate"
"""What we ask for, as the value of `Accept-Encoding`."""

_GZIP_BITS: Final = 16 + zlib.MAX_WBITS
_DEFLATED: Final = 8
"""The lower half of the first byte of what RFC 1950 describes. Some send RFC 1951 alone, against the letter."""


class Unpacker:
    """One body's. What it holds is bounded by what is asked of it, however much is packed into how little."""

    __slots__ = ("_began", "_gzip", "_stream")

    def __init__(self, *, gzip: bool) -> None:
        """Of gzip, or of deflate."""
        self._gzip = gzip
        self._began = False
        self._stream = zlib.decompressobj(_GZIP_BITS if gzip else zlib.MAX_WBITS)

    def feed(self, data: bytes, room: int) -> bytes:
        """The next piece, unpacked.

        Args:
            data: as it came.
            room: bytes that the result may have at most.

        Raises:
            TooMuch: it has more.
            Garbled: it is not packed as was said.
        """
        if not self._began:
            self._began = True
            if not self._gzip and data[0] & 0x0F != _DEFLATED:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        out = b""
        while data:
            if self._stream.eof:
                # gzip may go on with another member (RFC 1952, section 2.2).
                if not self._gzip:
                    raise Garbled
                self._stream = zlib.decompressobj(_GZIP_BITS)
            try:
                out += self._stream.decompress(data, room - len(out) + 1)
            except zlib.error:
                raise Garbled from None
            if len(out) > room:
                raise TooMuch
            data = self._stream.unused_data
        return out

    def finish(self) -> None:
        """The body has ended.

        Raises:
            BrokenOff: before its own end.
        """
        if self._began and not self._stream.eof:
            raise BrokenOff


def unpacker(coding: str) -> Unpacker | None:
    """The one for a `Content-Encoding`; None where there is nothing to unpack.

    Raises:
        Garbled: a coding that nobody asked for.
    """
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return Unpacker(gzip=True)
    if name == "deflate":
        return Unpacker(gzip=False)
    raise Garbled
