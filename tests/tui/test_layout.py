from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui.columns import BY_KEY, heading, place
from roomtui.tui.layout import NARROWEST, WIDEST, Arrangement, Chosen, Sort, layout_of, sort_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([*BY_KEY, "ROOM", "rec"]),
    lambda inside: st.lists(inside, max_size=3),
    max_leaves=8,
)
LAYOUTS = st.lists(
    st.tuples(st.sampled_from([*BY_KEY]), st.none() | st.integers(NARROWEST, WIDEST)), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("columns", "layout"),
    [
        ([], None),
        (["no such"], None),
        (["room", "people"], [("name", None), ("people", None)]),
        (["Closes In", "REC"], [("closes", None), ("recording", None), ("name", None)]),
        (["name"], [("name", None), ("closes", None)]),
        ([["room", 20], ["people", None], ["why", 999]], [("name", 20), ("people", None), ("why", WIDEST)]),
        ([["room", True], ["sid", 0]], [("name", None), ("sid", NARROWEST)]),
        (["room", "room", "sid"], [("name", None), ("sid", None)]),
    ],
)
def test_a_layout_is_what_names_and_widths_say(
    columns: list[object], layout: list[tuple[str, int | None]] | None
) -> None:
    made = layout_of(columns)
    assert (None if made is None else [tuple(each) for each in made]) == layout


@given(st.lists(JSON))
def test_whatever_was_remembered_there_is_a_name_and_a_column_beside_it(remembered: list[object]) -> None:
    made = layout_of(remembered)
    if made is not None:
        assert len(made) >= 2
        assert "name" in [each.key for each in made]
        assert len({each.key for each in made}) == len(made)


@given(JSON)
def test_whatever_was_remembered_rooms_are_sorted_by_a_column_that_can_be_sorted_by(remembered: object) -> None:
    made = sort_of(remembered)
    assert made is None or BY_KEY[made.key].order is not None


def test_an_order_is_a_column_and_which_way() -> None:
    assert sort_of(["people", True]) == Sort("people", down=True)
    assert sort_of(["room", False]) == Sort("name", down=False)
    assert sort_of(["people", "yes"]) is None
    assert sort_of(["codecs", True]) is None


@given(LAYOUTS, st.integers(20, 250))
def test_chosen_columns_stand_in_their_order_and_fit(layout: list[tuple[str, int | None]], width: int) -> None:
    made = layout_of(layout)
    assert made is not None
    placed = place(width, made)
    assert [each.column.key for each in placed] == [each.key for each in made][: len(placed)]
    for left, right in pairwise(placed):
        assert left.end < right.start
    assert placed[-1].end <= max(width, placed[0].end)


def test_the_sign_stands_behind_the_title_and_cuts_none() -> None:
    for sort in ("closes", "name", "people", "type", "age"):
        for width in (60, 80, 120, 200):
            line, plain = heading(place(width), "▲", sort), heading(place(width))
            assert len(line) <= max(width, len(plain))
            assert line.count("▲") == any((each.column.sorted_as or each.column.key) == sort for each in place(width))
            assert line.replace("▲", " ").split() == plain.split()
    assert "CLOSES IN▲" in heading(place(80), "▲", "closes")


@given(st.lists(st.tuples(st.sampled_from(["turn", "move", "widen"]), st.sampled_from([*BY_KEY]), st.integers(-9, 9))))
def test_however_columns_are_arranged_all_are_there_and_the_layout_is_one(steps: list[tuple[str, str, int]]) -> None:
    arrangement = Arrangement((Chosen("name"), Chosen("closes"), Chosen("people", 9)))
    for what, key, number in steps:
        if what == "turn":
            shown = arrangement.is_shown(key)
            turned = arrangement.turn(key)
            assert arrangement.is_shown(key) is (shown is not turned)
        elif what == "move":
            arrangement.move(key, number)
        else:
            arrangement.widen(key, number)
        assert sorted(arrangement.keys) == sorted(BY_KEY)
        layout = arrangement.layout
        assert layout_of(layout) == layout
