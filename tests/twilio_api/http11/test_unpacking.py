from __future__ import annotations

import gzip
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api.http11.faults import BrokenOff, Garbled, TooMuch
from roomtui.twilio_api.http11.unpacking import Unpacker, unpacker

if TYPE_CHECKING:
    from collections.abc import Callable


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " Deflate ": raw_deflate,
}


def unpacked(coding: str, packed: bytes, cuts: list[int], room: int) -> bytes:
    stream = unpacker(coding)
    assert stream is not None
    out = b""
    edges = [0, *sorted(cut % (len(packed) + 1) for cut in cuts), len(packed)]
    for begin, end in pairwise(edges):
        if begin < end:
            out += stream.feed(packed[begin:end], room - len(out))
    stream.finish()
    return out


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=3000), st.lists(st.integers(0, 5000), max_size=8))
def test_unpacks_whatever_the_pieces(coding: str, body: bytes, cuts: list[int]) -> None:
    packed = PACKERS[coding](body)
    assert unpacked(coding, packed, cuts, len(body)) == body
    if body:
        with pytest.raises(TooMuch):
            unpacked(coding, packed, cuts, len(body) - 1)


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.lists(st.integers(0, 500), max_size=8))
def test_unpacks_all_members_of_gzip(bodies: list[bytes], cuts: list[int]) -> None:
    packed = b"".join(gzip.compress(body, mtime=0) for body in bodies)
    assert unpacked("gzip", packed, cuts, 1000) == b"".join(bodies)


def test_a_bomb_never_takes_more_than_there_is_room_for() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), mtime=0)
    assert len(bomb) < 1 << 17
    with pytest.raises(TooMuch):
        Unpacker(gzip=True).feed(bomb, 1000)


def test_a_bomb_in_a_thousand_members_does_neither() -> None:
    bomb = gzip.compress(b"\0" * 1000, mtime=0) * 1000
    with pytest.raises(TooMuch):
        Unpacker(gzip=True).feed(bomb, 999_999)
    assert len(Unpacker(gzip=True).feed(bomb, 1_000_000)) == 1_000_000


@pytest.mark.parametrize("coding", sorted(PACKERS))
def test_says_that_it_broke_off(coding: str) -> None:
    packed = PACKERS[coding](b"some text that is long enough" * 10)
    with pytest.raises(BrokenOff):
        unpacked(coding, packed[:-1], [], 1000)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_says_that_it_is_garbled(coding: str) -> None:
    packed = bytearray(PACKERS[coding](bytes(range(256)) * 4))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises((Garbled, BrokenOff)):
        unpacked(coding, bytes(packed), [], 5000)
    with pytest.raises(Garbled):
        unpacked(coding, b"\xff" * 40, [], 1000)
    with pytest.raises(Garbled):
        unpacked(coding, PACKERS[coding](b"x") + b"trailing", [], 1000)


def test_nothing_is_not_broken_off() -> None:
    Unpacker(gzip=True).finish()


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "chunked"])
def test_refuses_what_nobody_asked_for(coding: str) -> None:
    with pytest.raises(Garbled):
        unpacker(coding)


@pytest.mark.parametrize("coding", ["", "identity", " Identity"])
def test_leaves_what_is_not_packed(coding: str) -> None:
    assert unpacker(coding) is None
