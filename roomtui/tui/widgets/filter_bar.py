"""The filter: a field, what came of it, and what may be typed next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from roomtui.rooms.query import LONGEST, complete, completed, parse
from roomtui.rooms.terms import TERMS
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, line
from roomtui.tui.widgets.filter_field import FilterField
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.app import ComposeResult

    from roomtui.rooms.query import Query
    from roomtui.tui.lines import Line

_OFFERED_FIRST: Final = ("people", "closes", "empty", "who", "type", "region", "phones", "full", "age", "limit", "rec")


class FilterBar(Vertical):
    """Two lines at the bottom while a filter is typed.

    Args:
        views: filters by the names they were saved under.
        known: values that a completion may choose from, as `query.complete` asks for them.
    """

    DEFAULT_CSS = """
    FilterBar { display: none; height: 2; background: $panel; }
    FilterBar > Horizontal { height: 1; }
    FilterBar #filter { width: 1fr; height: 1; background: $panel; }
    FilterBar #count { width: auto; height: 1; }
    FilterBar #hint { height: 1; }
    """

    class Changed(Message):
        """Another filter was typed."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    def __init__(self, views: Mapping[str, str], known: Callable[[str, str], Iterable[str]]) -> None:
        super().__init__(id="find")
        self._views = views
        self._known = known
        self._asked = parse("")
        self._choices: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The field, how much it finds, and below it what may be typed."""
        with Horizontal():
            yield FilterField(placeholder="text, or people:>3  closes:<5m  who:alice  !type:go", id="filter")
            yield LineView(id="count")
        yield LineView(id="hint")

    @property
    def asked(self) -> Query:
        """What rooms are asked for."""
        return self._asked

    def open(self) -> None:
        """Let something be typed."""
        self.display = True
        self._field.focus()
        self._hint()

    def close(self) -> None:
        """Keep what was typed."""
        self.display = False

    def put(self, text: str) -> Query:
        """Put this in the place of what was typed; nobody is told."""
        text = "".join(character for character in text if character.isprintable())[:LONGEST]
        with self.prevent(Input.Changed):
            self._field.value = text
            self._field.cursor_position = len(text)
        self._asked = parse(text.strip(), self._views)
        self._hint()
        return self._asked

    def tell(self, found: int, waiting: int) -> None:
        """Say how many rooms are found, and of how many it is not known yet."""
        if not self.display:
            return
        counts = "" if self._asked.is_empty else f" {found} found"
        waits = f"  {waiting} waiting" if waiting else ""
        self.query_one("#count", LineView).show([line((counts, Tone.STRONG), (waits, Tone.WARN), " ")])

    @property
    def _field(self) -> FilterField:
        return self.query_one("#filter", FilterField)

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._asked = parse(event.value.strip(), self._views)
        self._hint()
        self.post_message(self.Changed(self._asked))

    @on(FilterField.Completing)
    def _complete(self, event: FilterField.Completing) -> None:
        event.stop()
        field = self._field
        if self._choices:
            # The event is the same as if it had been typed.
            field.value, field.cursor_position = completed(field.value, field.cursor_position, self._choices[0])

    def _hint(self) -> None:
        field = self._field
        self._choices = complete(field.value, field.cursor_position, self._known, self._views) if self.display else ()
        self.query_one("#hint", LineView).show([self._said()])

    def _said(self) -> Line:
        if self._choices:
            first, *others = self._choices
            term = TERMS.get(first.lstrip("!").removesuffix(":"))
            about = f"  {term.about} ({term.example})" if term is not None and first.endswith(":") else ""
            rest = "".join(f"  {safe(each)}" for each in others)
            return line((" tab ", Tone.DIM), (safe(first), Tone.STRONG), (about, Tone.TEXT), (rest, Tone.DIM))
        if self._asked.complaints:
            return line((f" {safe(self._asked.complaints[0])}", Tone.WARN))
        if not self._asked.text:
            terms = "  ".join(f"{name}:" for name in _OFFERED_FIRST)
            saved = "  ".join(f"@{safe(name)}" for name in self._views)
            return line((f" {saved}  {terms}" if saved else f" {terms}", Tone.DIM))
        return ()
