"""Secrets found and blotted out of what a server says, however it wrote them down.

What refuses a request may repeat it: as it came, percent-encoded in an address, escaped in JSON or HTML, in hex, or in
base64 together with what stood beside it. In each of these forms it is as good as the secret itself. Pure.
"""

from __future__ import annotations

import base64
import re
from html.entities import html5
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOT: Final = "***"

_BASE64_LEAST: Final = 8
"""Characters of base64 below which any text might be it."""
_HEX_LEAST: Final = 8
# Any backslashes before it: who quotes JSON in JSON doubles them. `%253D` is what is encoded twice.
# No run is endless, else a long one would take for ever.
_ESCAPED: Final = (
    r"(?:%(?:25){{0,3}}(?i:{hex})|\\{{0,7}}(?i:u00{hex}|x{hex})|&(?:amp;){{0,3}}#(?i:x0{{0,6}}{hex}|0{{0,6}}{number});"
    r"{named}|{plain})"
)
_OF_BASE64: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_%")
_NAMED: Final = {
    character: sorted(name for name, means in html5.items() if means == character and name.endswith(";"))
    for character in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
}


class Blotter:
    """Blots these secrets out.

    Args:
        secrets: passwords, tokens, and what is made of them for a header. The empty one is none.
    """

    __slots__ = ("_encoded", "_written")

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._written = _any_of(pattern for secret in known for pattern in _ways_of_writing(secret))
        self._encoded = _any_of(_letter_by_letter(core) for secret in known for core in _in_base64(secret))

    def __repr__(self) -> str:
        return "Blotter(***)"

    def clean(self, text: str) -> str:
        """`text` with three stars where a secret was."""
        if self._written is not None:
            text = self._written.sub(BLOT, text)
        return text if self._encoded is None else _without_words(text, self._encoded)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    found = list(dict.fromkeys(patterns))
    return re.compile("|".join(found)) if found else None


def _ways_of_writing(secret: str) -> Iterator[str]:
    yield _letter_by_letter(secret)
    in_hex = secret.encode("utf-8", "surrogatepass").hex()
    if len(in_hex) >= _HEX_LEAST:
        yield f"(?i:{in_hex})"


def _letter_by_letter(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    point = ord(character)
    if point > 0x7E:
        octets = character.encode("utf-8", "surrogatepass")
        percent = "".join(rf"%(?:25){{0,3}}{octet:02x}" for octet in octets)
        numbers = rf"&(?:amp;){{0,3}}#(?:x0{{0,6}}{point:x}|0{{0,6}}{point});"
        escapes = "".join(rf"\\{{0,7}}u{unit:04x}" for unit in _units(character))
        return rf"(?:{re.escape(character)}|(?i:{percent}|{escapes}|{numbers}))"
    named = "".join(rf"|&(?:amp;){{0,3}}{name}" for name in _NAMED.get(character, ()))
    # A slash and a quotation mark may be written behind a backslash; a space as a plus.
    plain = re.escape(character) if character.isalnum() else rf"\\{{0,7}}{re.escape(character)}"
    plain += r"|\+" if character == " " else ""
    return _ESCAPED.format(plain=plain, hex=f"{point:02x}", number=point, named=named)


def _units(character: str) -> list[int]:
    """How JSON writes it: as one unit of UTF-16, or as two."""
    octets = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(octets[at : at + 2], "big") for at in range(0, len(octets), 2)]


def _in_base64(secret: str) -> Iterator[str]:
    """What the base64 of any text that holds the secret holds: it begins at one of three places in a group."""
    octets = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(octets)) * 8 // 6
        for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
            core = encode(bytes(before) + octets).decode()[first:last]
            if len(core) >= _BASE64_LEAST:
                yield core


def _without_words(text: str, found: re.Pattern[str]) -> str:
    """`text` with stars for each word of base64 that holds what is looked for: its ends hold bits of it, too."""
    kept: list[str] = []
    done = 0
    for match in found.finditer(text):
        start, end = match.span()
        if end <= done:
            continue  # within the word before
        while start > done and text[start - 1] in _OF_BASE64:
            start -= 1
        while end < len(text) and text[end] in _OF_BASE64:
            end += 1
        kept += (text[done:start], BLOT)
        done = end
    return "".join((*kept, text[done:]))


KNOWS_NONE: Final = Blotter(())
"""Leaves every text as it is."""
