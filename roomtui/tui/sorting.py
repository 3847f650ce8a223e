"""How rooms rank by what they are sorted by: up or down, and what is not known last either way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from roomtui.rooms.picture import LiveRoom

    # 0 where it is known, 1 where not, and how much it is: all of one order are of one type.
    Rank: TypeAlias = tuple[int, float | str]
    By: TypeAlias = Callable[[LiveRoom], Rank]

_UNKNOWN: Final[Rank] = (1, 0.0)
_LAST: Final = chr(0x10FFFF)


def by(value: Callable[[LiveRoom], float | str | None], *, down: bool) -> By:
    """Rank rooms by a number or a text, None where it is not known; `down`: the greatest first."""

    def rank(live: LiveRoom) -> Rank:
        found = value(live)
        if found is None or found == "":
            return _UNKNOWN
        if isinstance(found, str):
            return (0, backwards(found) if down else found)
        return (0, -found if down else float(found))

    return rank


class _Backwards(dict[int, int]):
    def __missing__(self, point: int) -> int:
        # The last character of all ends each text.
        self[point] = other = max(0, 0x10FFFE - point)
        return other


_BACKWARDS: Final = _Backwards()


def backwards(text: str) -> str:
    """A text that comes before another's where `text` comes behind the other."""
    # What begins like another and goes on comes first, then: so that each must end with what comes last.
    return text.translate(_BACKWARDS) + _LAST
