"""The question before many rooms are ended, and how that goes on."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.widgets import Input, Static

from roomtui.rooms import words
from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.lines import Tone, fit, line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.line_view import LineView
from roomtui.watch.bulk import OVER, Ended, Step, Wanted, end_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session
    from roomtui.watch.board import BoardState

_FRAME: Final = 6
_SID_END: Final = 6
_PEOPLE: Final = 11
_DIGITS_MAX: Final = 9
_SAID: Final = {
    Ended.ENDED: ("ended", Tone.GOOD),
    Ended.ENDED_BEFORE: ("had ended", Tone.DIM),
    Ended.NOT_VERIFIED: ("not seen yet", Tone.WARN),
    Ended.OCCUPIED: ("NOT ended", Tone.BAD),
    Ended.FAILED: ("NOT ended", Tone.BAD),
    Ended.LEFT: ("not tried", Tone.WARN),
}


class EndManyDialog(Dialog[frozenset[str]]):
    """Lists the rooms and says how many people are in them; asks for the number of rooms to be typed.

    Its answer has the SIDs of the rooms that are over: what is left may stay marked. The rooms are those that were
    marked when the key was pressed, and how many are in each counts as of then: one that was empty and is not any more
    when its turn comes is not ended.

    Args:
        rooms: the rooms.
        session: the connection.
        hidden: how many of them a filter hides just now.
    """

    app: RoomtuiApp

    WIDTH: ClassVar[int] = 72
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("q", "nothing", "", show=False, system=True),
        Binding("enter", "close", "Close", show=False, id="dialog.close"),
        Binding("up", "scroll(-1)", "Scroll", show=False),
        Binding("down", "scroll(1)", "Scroll", show=False),
        Binding("pageup", "scroll(-8)", "Page", show=False),
        Binding("pagedown", "scroll(8)", "Page", show=False),
    ]
    AUTO_FOCUS = "#typed"

    def __init__(self, rooms: Sequence[LiveRoom], session: Session, *, hidden: int = 0) -> None:
        super().__init__()
        self._hidden = hidden
        self._rooms = tuple(rooms)
        self._session = session
        self._wanted = tuple(Wanted(each.room.sid, _people(each)) for each in rooms)
        self._inside = {each.sid: each.people for each in self._wanted}
        self._over: set[str] = set()
        self._steps: dict[str, Step] = {}
        self._made: dict[str, tuple[tuple[object, ...], tuple[Line, ...]]] = {}
        self._working = False
        self._stopped = False
        self._done = False

    def compose(self) -> ComposeResult:
        """Question, rooms, field."""
        with Box(classes="dialog danger"):
            yield Static(f"End {words.plural(len(self._rooms), 'room')} for everybody?", classes="title")
            yield LineView(id="rooms-to-end")
            yield LineView(id="total")
            yield Field(id="typed")
            yield LineView(id="note")

    def on_mount(self) -> None:
        """Show what it is about, and hear what becomes of it."""
        self._unsubscribe = self.app.board.subscribe(self._on_board)
        self._show()
        self._ask()

    def on_unmount(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    # -- what is shown

    def _ask(self) -> None:
        self._note(f"Type {len(self._rooms)} to end them all, then enter. esc cancels.")

    def _note(self, text: str, tone: Tone = Tone.TEXT) -> None:
        self.query_one("#note", LineView).show([line((part, tone)) for part in wrap(text, self._width)])

    @property
    def _width(self) -> int:
        return max(20, min(self.WIDTH, self.app.size.width) - _FRAME)

    def _show(self) -> None:
        self.query_one("#rooms-to-end", LineView).show([each for room in self._rooms for each in self._lines_of(room)])
        self.query_one("#total", LineView).show(list(self._total()))

    def _lines_of(self, live: LiveRoom) -> tuple[Line, ...]:
        # There may be thousands, and one of them changes at a time.
        sid = live.room.sid
        made_of = (self._steps.get(sid), self._inside[sid], sid in self._over, self._width)
        before = self._made.get(sid)
        if before is None or before[0] != made_of:
            before = self._made[sid] = (made_of, tuple(self._lines(live)))
        return before[1]

    def _lines(self, live: LiveRoom) -> Iterator[Line]:
        room, ellipsis = live.room, self.app.view.glyphs.ellipsis
        name = (shown(room.unique_name, hide=self.app.view.hide) or room.sid) if room.has_name else "(no name)"
        step = self._steps.get(room.sid)
        said, tone = self._in_it(room.sid) if step is None else _SAID[step.outcome]
        # Where there are many, the last cells are the scroll bar's.
        wide = self._width - _SID_END - len(ellipsis) - _PEOPLE - 6
        yield line(
            (fit(name, wide, ellipsis=ellipsis), Tone.STRONG),
            (f"  {ellipsis}{room.sid[-_SID_END:]}", Tone.DIM),
            (f"  {said:>{_PEOPLE}} ", tone),
        )
        if step is not None and (step.why or step.unwritten):
            why = shown(Untrusted(step.why or step.unwritten or ""), hide=self.app.view.hide)
            yield from (line((f"  {part}", Tone.DIM)) for part in wrap(why, self._width - 4))

    def _in_it(self, sid: str) -> tuple[str, Tone]:
        if sid in self._over:
            return "has ended", Tone.DIM
        inside = self._inside[sid]
        if inside is None:
            return "not read", Tone.WARN
        return (words.head_count(inside), Tone.BAD) if inside else ("empty", Tone.GOOD)

    def _total(self) -> Iterator[Line]:
        if self._done or self._working:
            yield line((self._bar(), Tone.STRONG), (f" {len(self._steps)} of {len(self._rooms)}", Tone.TEXT))
            return
        left = [sid for sid in self._inside if sid not in self._over]
        people = sum(self._inside[sid] or 0 for sid in left)
        occupied = sum(bool(self._inside[sid]) for sid in left)
        if people:
            verb = "is" if people == 1 else "are"
            yield line((f"{words.head_count(people)} {verb} in {occupied} of them.", Tone.BAD))
        else:
            yield line(("Nobody is known to be in them.", Tone.GOOD))
        if self._hidden:
            verb = "is" if self._hidden == 1 else "are"
            yield line((f"{self._hidden} of them {verb} hidden by the filter.", Tone.WARN))
        unread = sum(each.people is None for each in self._wanted)
        if unread:
            yield line((f"{words.plural(unread, 'room')} not read yet: ended only if empty.", Tone.WARN))
        joined = sum(bool(self._inside[each.sid]) and each.people == 0 for each in self._wanted)
        if joined:
            yield line((f"{words.plural(joined, 'room')} not empty any more: will not be ended.", Tone.WARN))

    def _bar(self) -> str:
        glyphs, wide = self.app.view.glyphs, max(10, self._width - 16)
        done = wide * len(self._steps) // len(self._rooms)
        return glyphs.done * done + glyphs.rule * (wide - done)

    def _on_board(self, state: BoardState) -> None:
        if self.is_mounted and not self._working and not self._done:
            sids = self._inside.keys() if state.changed is None else self._inside.keys() & state.changed
            if sids:
                self._count(sids, state.picture)
                self._show()

    def _count(self, sids: Iterable[str], picture: Picture) -> None:
        for sid in sids:
            live = picture.live.get(sid)
            if live is None:
                self._over.add(sid)
            else:
                self._over.discard(sid)
                self._inside[sid] = _people(live)

    # -- answering

    @on(Input.Submitted, "#typed")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._working or self._done:
            return
        typed = event.value.strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_MAX and int(typed) == len(self._rooms)):
            self._note(f"That is not it. Type {len(self._rooms)} to end them all, then enter.", Tone.BAD)
            return
        self._working = True
        field = self.query_one("#typed", Field)
        self.set_focus(None)
        field.display = False
        self._note("esc stops after the one in hand.")
        self._show()
        # The app's worker: what is under way is finished and told, whatever becomes of the dialog.
        self.app.run_worker(self._work(), exit_on_error=False)

    async def _work(self) -> None:
        feed = self._session.feed
        async with aclosing(end_many(self._session.actions, self._wanted, stopped=lambda: self._stopped)) as steps:
            async for step in steps:
                self._steps[step.sid] = step
                if step.outcome in {Ended.ENDED, Ended.NOT_VERIFIED}:
                    feed.ended_by_us(step.sid)
                if step.outcome is not Ended.LEFT:
                    feed.look_at(step.sid)
                    self._show_step(step.sid)
        self._working, self._done = False, True
        self._conclude()

    def _show_step(self, sid: str) -> None:
        if not self.is_mounted:
            return
        self._show()
        lines = self.query_one("#rooms-to-end", LineView)
        at = 0
        for each in self._rooms:
            if each.room.sid == sid:
                break
            at += len(self._lines_of(each))
        lines.scroll_to(y=max(0, at - lines.size.height + 3), animate=False, immediate=True)

    def _conclude(self) -> None:
        unwritten = next((step.unwritten for step in self._steps.values() if step.unwritten), None)
        sentence = f"{self._summary()} {unwritten or ''}".strip()
        if self.is_mounted and self in self.app.screen_stack:
            self._show()
            bad = any(step.outcome not in OVER for step in self._steps.values())
            self._note(f"{sentence} enter or esc closes this.", Tone.WARN if bad or unwritten else Tone.GOOD)
        else:
            self.app.tell(sentence, trouble=unwritten is not None)

    def _summary(self) -> str:
        counts = {outcome: sum(step.outcome is outcome for step in self._steps.values()) for outcome in Ended}
        put_out = sum(step.people for step in self._steps.values() if step.outcome in OVER)
        not_ended = counts[Ended.OCCUPIED] + counts[Ended.FAILED]
        said = [
            f"{counts[Ended.ENDED]} ended" + (f", {words.head_count(put_out)} put out" if put_out else ""),
            f"{counts[Ended.NOT_VERIFIED]} taken by Twilio but not seen to end yet"
            if counts[Ended.NOT_VERIFIED]
            else "",
            f"{counts[Ended.ENDED_BEFORE]} had ended before" if counts[Ended.ENDED_BEFORE] else "",
            f"{not_ended} not ended" if not_ended else "",
            f"{counts[Ended.LEFT]} not tried" if counts[Ended.LEFT] else "",
        ]
        left = not_ended + counts[Ended.LEFT]
        return "; ".join(filter(None, said)) + ("; what is left stays marked." if left else ".")

    def action_cancel(self) -> None:
        """Do nothing; what is under way stops after the room in hand."""
        if self._working:
            self._stopped = True
            self._note("Stopping after the one in hand.", Tone.WARN)
        else:
            self.action_close()

    def action_close(self) -> None:
        """Close, unless rooms are being ended."""
        if not self._working:
            self.dismiss(frozenset(sid for sid, step in self._steps.items() if step.outcome in OVER))

    def action_nothing(self) -> None:
        """Nobody leaves the dashboard by a key that was meant for another line."""

    def action_scroll(self, lines: int) -> None:
        """Scroll the rooms."""
        self.query_one("#rooms-to-end", LineView).scroll_relative(y=lines, animate=False, immediate=True)


def _people(live: LiveRoom) -> int | None:
    return None if live.roster is None else live.roster.connected
