from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui.marks import Marks

SHOWN = list("abcdefgh")


def test_a_range_goes_from_the_last_mark_to_here_either_way_and_marks_only_what_is_shown() -> None:
    marks = Marks()
    marks.turn("c")
    marks.up_to("e", SHOWN)
    assert list(marks) == ["c", "d", "e"]
    marks.up_to("b", SHOWN)
    assert set(marks) == set("bcde")
    marks.up_to("x", SHOWN)
    assert set(marks) == set("bcde")
    marks.turn("h")
    marks.up_to("g", ["a", "g"])
    assert set(marks) == set("bcdehg"), "the last one is hidden: only this one"


@given(
    st.lists(st.tuples(st.sampled_from(["turn", "keep", "keep all", "clear"]), st.sets(st.sampled_from("abcdefgh"))))
)
def test_marks_are_of_rooms_that_were_marked_and_are_there(steps: list[tuple[str, set[str]]]) -> None:
    marks, expected, live = Marks(), set[str](), set(SHOWN)
    for what, sids in steps:
        if what == "turn":
            for sid in sids & live:
                marks.turn(sid)
                expected ^= {sid}
        elif what == "clear":
            marks.clear()
            expected.clear()
        else:
            gone, live = live - sids, live & sids
            marks.keep(live, gone if what == "keep" else None)
            expected -= gone
        assert set(marks) == expected
        assert len(marks) == len(expected)


def test_of_ten_thousand_marks_only_those_that_may_have_vanished_are_looked_at() -> None:
    looked_at: list[object] = []

    class Live:
        def __contains__(self, sid: object) -> bool:
            looked_at.append(sid)
            return sid != "9"

    marks = Marks()
    marks.add(map(str, range(10_000)))
    marks.keep(Live(), {"7", "9", "not marked"})
    assert sorted(map(str, looked_at)) == ["7", "9"]
    assert len(marks) == 9_999
