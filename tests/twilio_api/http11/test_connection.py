"""What a connection makes of an answer, in whatever pieces it comes."""

from __future__ import annotations

import gzip
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.twilio_api.http11.connection import FIELDS_MAX, HEAD_MAX
from roomtui.twilio_api.http11.faults import BrokenOff, Disconnected, Garbled, NotHttp, TooMuch
from tests.twilio_api.http11.wired import MEGABYTE, ok, told

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(b"hello", mtime=0)
ENDLESS = b"HTTP/1.1 200 OK\r\n\r\n"

ANSWERS = {
    "with its length": (ok(b"hello"), 200, b"hello", True),
    "without a body": (ok(b""), 200, b"", True),
    "in chunks": (CHUNKED + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, b"hello", True),
    "in chunks with comments and trailers": (
        CHUNKED + b"005;note=1\r\nhello\r\n0\r\nDate: later\r\n\r\n", 200, b"hello", True
    ),
    "packed": (ok(PACKED, "Content-Encoding: gzip"), 200, b"hello", True),
    "not modified, with the length it would have": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", 304, b"", True
    ),
    "of no content": (b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", 204, b"", True),
    "after provisional ones": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(b"hello"), 200, b"hello", True
    ),
    "after empty lines": (b"\r\n\r\n" + ok(b"hello"), 200, b"hello", True),
    "that says goodbye": (ok(b"hello", "Connection: close"), 200, b"hello", False),
    "of HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
    "without a reason": (b"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", 503, b"", True),
}  # fmt: skip


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges) if begin < end]


CUTS = st.lists(st.integers(0, 400), max_size=12)
FEW = settings(max_examples=25)  # each has an event loop of its own


@pytest.mark.parametrize("kind", ANSWERS)
@FEW
@given(cuts=CUTS)
def test_reads_an_answer_in_whatever_pieces_it_comes(kind: str, cuts: list[int]) -> None:
    data, status, body, kept = ANSWERS[kind]
    found = told(in_pieces(data, cuts))
    assert found.fault is None
    assert found.answer is not None
    assert (found.answer.status, found.answer.body) == (status, body)
    assert found.kept is kept


@pytest.mark.parametrize("kind", ANSWERS)
@FEW
@given(cuts=CUTS)
def test_waits_for_the_last_byte(kind: str, cuts: list[int]) -> None:
    found = told(in_pieces(ANSWERS[kind][0][:-1], cuts))
    assert found.answer is None
    assert found.fault is None


@FEW
@given(st.binary(max_size=300), CUTS)
def test_reads_until_the_end_where_no_length_is_told(body: bytes, cuts: list[int]) -> None:
    found = told(in_pieces(ENDLESS + body, cuts), ends=True)
    assert found.answer is not None
    assert found.answer.body == body
    assert not found.kept


def test_looks_at_the_first_of_two_headers_and_at_no_trailer() -> None:
    data = (
        b"HTTP/1.1 200 OK\r\nX-Two: a\r\nx-two: b\r\nEmpty:\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nDate: no\r\n\r\n"
    )
    found = told([data])
    assert found.answer is not None
    assert found.answer.headers["X-Two"] == "a"
    assert found.answer.headers["Empty"] == ""
    assert "Date" not in found.answer.headers


def test_an_answer_to_head_has_no_body_though_it_says_so() -> None:
    found = told([b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"], headless=True)
    assert found.answer is not None
    assert found.answer.body == b""


# -- what is not an answer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"220 mail.example ESMTP ready\r\n",
        b"<html>\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        CHUNKED + b"xyz\r\n",
        CHUNKED + b"2\r\nabc\r\n",
        CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n",
    ],
)
def test_refuses_what_two_readers_could_read_in_two_ways(data: bytes) -> None:
    found = told([data])
    assert isinstance(found.fault, NotHttp)
    assert not found.kept


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 " + b"O" * (HEAD_MAX + 1),
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * (HEAD_MAX + 1),
        b"HTTP/1.1 200 OK\r\n" + b"b" * (HEAD_MAX + 1),
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * (FIELDS_MAX + 2),
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * (HEAD_MAX + 1) + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * (HEAD_MAX // 20),
        CHUNKED + b"0\r\n" + b"A: b\r\n" * (FIELDS_MAX + 2),
        CHUNKED + b"0\r\nA: " + b"b" * (HEAD_MAX + 1) + b"\r\nB: c\r\n\r\n",
    ],
    ids=["reason", "value", "name", "fields", "whole", "provisional", "trailers", "trailer"],
)
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_takes_no_endless_head(head: bytes, size: int) -> None:
    found = told([head[at : at + size] for at in range(0, len(head), size)])
    assert isinstance(found.fault, NotHttp)
    assert not found.kept


def test_takes_a_head_of_ordinary_size() -> None:
    found = told([ok(b"", *(f"X-{number}: {'y' * 200}" for number in range(FIELDS_MAX - 1)))])
    assert found.answer is not None


@pytest.mark.parametrize("size", [1000, MEGABYTE])
@pytest.mark.parametrize(
    "tail",
    [b"0;" + b"x" * 3 * MEGABYTE, b"0\r\nA: " + b"b" * 3 * MEGABYTE],
    ids=["comment", "trailer"],
)
def test_takes_no_endless_end(tail: bytes, size: int) -> None:
    data = CHUNKED + tail
    found = told([data[at : at + size] for at in range(0, len(data), size)], body_max=MEGABYTE)
    assert isinstance(found.fault, TooMuch)


# -- how much ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        ok(b"123456789"),
        CHUNKED + b"9\r\n123456789\r\n0\r\n\r\n",
        CHUNKED + b"5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n",
        ENDLESS + b"123456789",
        ok(gzip.compress(b"1" * 9, mtime=0), "Content-Encoding: gzip"),
    ],
    ids=["length", "chunk", "chunks", "endless", "packed"],
)
def test_takes_as_much_as_was_allowed_and_no_byte_more(data: bytes) -> None:
    room = 9 if b"gzip" not in data else len(gzip.compress(b"1" * 9, mtime=0))
    whole = told([data], body_max=room, ends=True)
    assert whole.answer is not None
    assert len(whole.answer.body) == 9
    found = told([data], body_max=8, ends=True)
    assert isinstance(found.fault, TooMuch)
    assert not found.kept


def test_a_bomb_is_dropped_before_it_is_there() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    found = told([head + bomb[:40_000]])
    assert isinstance(found.fault, TooMuch), "long before its last byte"


def test_a_length_that_is_too_much_is_not_waited_for() -> None:
    found = told([b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n"])
    assert isinstance(found.fault, TooMuch)


# -- how it ends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Disconnected),
        (b"HTTP/1.1 200 O", Disconnected),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Disconnected),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Disconnected),
        (ok(b"hello")[:-1], BrokenOff),
        (CHUNKED, BrokenOff),
        (CHUNKED + b"5\r\nhello\r\n", BrokenOff),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + PACKED[:-1], BrokenOff),
        (ok(PACKED[:-1], "Content-Encoding: gzip"), BrokenOff),
        (ok(b"\xff" * 50, "Content-Encoding: gzip"), Garbled),
        (ok(b"hello", "Content-Encoding: br"), Garbled),
    ],
)
def test_says_how_an_answer_ended_too_early(data: bytes, fault: type[Exception]) -> None:
    found = told([data] if data else [], ends=True)
    assert isinstance(found.fault, fault)
    assert not found.kept


@pytest.mark.parametrize(
    "more",
    [b"H", b"x", ok(b"other"), b"HTTP/1.1 200 OK\r\n\r\n", b"\0", b"HTTP/1.1 100 Continue\r\n\r\n"],
)
@pytest.mark.parametrize("together", [False, True])
def test_a_byte_that_nobody_asked_for_ends_the_connection_but_not_the_answer(more: bytes, *, together: bool) -> None:
    found = told([ok(b"hello") + more] if together else [ok(b"hello"), more])
    assert found.answer is not None
    assert found.answer.body == b"hello"
    assert not found.kept
