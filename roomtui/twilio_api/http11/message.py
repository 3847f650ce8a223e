"""What goes out, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeVar, overload

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", re.ASCII)
"""RFC 9110, section 5.6.2: a method, the name of a header."""

_VALUE: Final = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
"""Narrower than RFC 9110, section 5.5: what is beyond ASCII has no meaning there. A line break would begin a header."""

_TARGET: Final = re.compile(r"[\x21-\x7e]+", re.ASCII)

_Default = TypeVar("_Default")


class Hidden(bytes):
    """Bytes with a secret in them, which a traceback with locals shows as ``***``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'***'"


class Headers(Mapping[str, str]):
    """Of an answer, looked up in any case. Of a header that is there twice, the first."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str]) -> None:
        """`fields`, with their names in lower case."""
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    @overload
    def get(self, key: str, /) -> str | None: ...
    @overload
    def get(self, key: str, default: str | _Default, /) -> str | _Default: ...

    def get(self, key: str, default: object = None, /) -> object:
        """As a mapping's, without its detour over an exception: most of what is asked for is not there."""
        return self._fields.get(key.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({dict(self._fields)!r})"


class Answer(NamedTuple):
    """A whole answer; `body` is unpacked."""

    status: int
    headers: Headers
    body: bytes


def request(method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Hidden:
    """A request as it goes out.

    Args:
        method: such as GET.
        target: path and query, as they are to be sent; for CONNECT, host and port.
        headers: `Host` among them; the length of the body is added.
        body: None where the method has none.

    Raises:
        ValueError: a part of it would be read as something else than it is. The reason does not repeat it.
    """
    if not _TOKEN.fullmatch(method) or not _TARGET.fullmatch(target):
        raise ValueError("a method or an address that cannot be sent")
    # All of it before any of it is put together: a traceback shows what there is by then.
    if not all(_TOKEN.fullmatch(name) and _VALUE.fullmatch(value) for name, value in headers.items()):
        raise ValueError("a header that cannot be sent: it holds a line break, or what is no ASCII")
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    lines.append("\r\n")
    return Hidden("\r\n".join(lines).encode("ascii") + (body or b""))
