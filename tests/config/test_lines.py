"""Where in a TOML text each value stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.config.lines import Lines

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD = '''\
# a comment with [brackets] and = signs
title = "a # that is no comment, ] } = \\" \\\\"   # 2

"quoted.key" . 'with dot' . bare-1 = 1 # 4
literal = 'C:\\no\\escape\\'
several = """
[not.a.table]
key = "no key"
five quotes: ""\\"""" # 6 to 9
other = \'\'\'
x = 1
\'\'\'

when = 1979-05-27 07:32:00Z
point = { x = 1, "y" = { z = [1, 2] } } # 15
list = [ # 16
  "a", # 17
  # nothing here

  [ "b", { c = 1 } ], # 20
]

[ a . "b c" ]   # 23
x = true
[[products]]
name = "one"

[products.size]
w = 1

[[products]] # 31
name = "two"
[[products.parts]]
n = 1
[[products.parts]]
n = 2
[a.late]
[a]
own = 1 # 39
"\\u00e9" = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted.key",), 4),
        (("quoted.key", "with dot", "bare-1"), 4),
        (("literal",), 5),
        (("several",), 6),
        (("other",), 10),
        (("when",), 14),
        (("point", "y", "z", 1), 15),
        (("list",), 16),
        (("list", 0), 17),
        (("list", 1, 0), 20),
        (("list", 1, 1, "c"), 20),
        (("a", "b c"), 23),
        (("a", "b c", "x"), 24),
        (("products",), 25),
        (("products", 0), 25),
        (("products", 0, "name"), 26),
        (("products", 0, "size", "w"), 29),
        (("products", 1), 31),
        (("products", 1, "parts", 0, "n"), 34),
        (("products", 1, "parts", 1), 35),
        (("products", 1, "parts", 1, "n"), 36),
        (("a",), 38),
        (("a", "own"), 39),
        (("a", "é"), 40),
        # What is not there stands where its place would be.
        (("a", "missing"), 38),
        (("products", 1, "missing", "x"), 31),
        (("missing",), None),
        ((), None),
    ],
)
def test_the_line_of(path: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(ODD)
    assert Lines(ODD).of(*path) == line


def test_line_breaks_of_another_system_count_once() -> None:
    assert Lines("a = 1\r\n\r\n[b]\r\nc = '''\r\nx'''\r\nd = 2\r\n").of("b", "d") == 6


def test_a_byte_of_any_length_is_one_character_of_a_line() -> None:
    assert Lines('a = "東京"\nb = 1').of("b") == 2


KEYS = st.text(st.sampled_from("ab.-_ \"'\\#=[]é"), min_size=1, max_size=4)
STRINGS = st.text(st.sampled_from("a\n\"'\\#=[]{},\t é"), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    STRINGS | st.integers(-5, 5) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False, width=16),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def quoted(text: str) -> str:
    escapes = {"\n": "\\n", '"': '\\"', "\\": "\\\\", "\t": "\\t"}
    return '"' + "".join(escapes.get(each, each) for each in text) + '"'


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        several = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"""\n{several}"""' if "\n" in value else quoted(value)
    if isinstance(value, list):
        return "[\n# [comment\n" + "".join(f"  {written(each)},\n" for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quoted(key)} = {written(each)}" for key, each in value.items()) + " }"
    return repr(value)


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from paths_of(each, (*path, name))


def in_one_line(value: Any) -> bool:
    """Whether it may stand in an inline table, which has no line breaks in TOML 1.0."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(in_one_line, inner))


@given(
    tables=st.lists(st.tuples(KEYS, st.dictionaries(KEYS, VALUES, max_size=3)), max_size=4, unique_by=lambda t: t[0])
)
def test_every_value_is_found_on_the_line_on_which_it_was_written(
    tables: list[tuple[str, dict[str, Any]]],
) -> None:
    text = ""
    lines: dict[tuple[str, ...], int] = {}
    for name, table in tables:
        lines[(name,)] = text.count("\n") + 1
        text += f"[ {quoted(name)} ] # ]\n"
        for key, value in table.items():
            lines[(name, key)] = text.count("\n") + 1
            text += f"\t{quoted(key)} = {written(value)} # {written(value)!r}\n\n"
    document = tomllib.loads(text)
    assert document == dict(tables)
    found = Lines(text)
    assert {path: found.of(*path) for path in lines} == lines
    # Nothing is missed however deep it lies, and nothing is found that is not there.
    assert set(found.found) == set(paths_of(document))
