"""Lists in which a sign says what is chosen, as in the tables: a background alone is not seen by everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widgets import OptionList as _OptionList
else:
    # Not a widget, as in `Lazily`: the rules that hold are those of the list itself.
    _OptionList = object

_HERE: Final = "> "
_ELSEWHERE: Final = "  "


class Pointed(_OptionList):
    """Puts the tables' sign before the option that is chosen. To be mixed in before the list."""

    def _get_left_gutter_width(self) -> int:
        return len(_HERE)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the list."""
        strip = super().render_line(y)
        line = self.scroll_offset.y + y
        if line >= len(self._lines) or not strip:
            return strip
        option, below = self._lines[line]
        sign = _HERE if option == self.highlighted and not below else _ELSEWHERE
        return Strip([Segment(sign, next(iter(strip)).style), *strip])
