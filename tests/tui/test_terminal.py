"""What a terminal can do, as far as the environment tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.tui.terminal import Colours, as_begun, colours, has_letters

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("no_color", "found"), [(None, Colours.FEW), ("", Colours.FEW), ("0", Colours.NONE), ("1", Colours.NONE)]
)
def test_no_color_asks_for_something_unless_it_is_empty(no_color: str | None, found: Colours) -> None:
    asked = {} if no_color is None else {"NO_COLOR": no_color}
    assert colours({"TERM": "xterm", **asked}, lambda _: 8) is found


@pytest.mark.parametrize(
    ("begun", "letters"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "xx_XX.UTF-8"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1", "LC_CTYPE": "C.UTF-8"}, True),
    ],
    ids=str,
)
def test_a_locale_that_python_put_there_says_nothing_of_the_terminal(
    tmp_path: Path, begun: dict[str, str], *, letters: bool
) -> None:
    file = tmp_path / "environ"
    file.write_bytes(b"".join(f"{name}={value}\0".encode() for name, value in begun.items()))
    assert has_letters(as_begun({**begun, "LC_CTYPE": "C.UTF-8"}, file)) is letters


def test_where_nothing_tells_how_we_began_the_environment_is_believed(tmp_path: Path) -> None:
    environ = {"LANG": "C", "LC_CTYPE": "C.UTF-8"}
    assert as_begun(environ, tmp_path / "none") == environ
