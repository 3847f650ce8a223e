"""Whatever stands in the file, it is read or complained of, in one line that holds no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.config import ConfigError, keys
from roomtui.config.checked import complaints
from roomtui.config.file import read
from tests.config.test_lines import quoted

SECRET = "sesame-nobody-may-see"
NAMES = [*keys.IN_PROFILE, *keys.ON_TOP, *keys.IN_ALERT, "profiles", "alerts", "acme", "x\x1b[2J", "subaccount", "a.b"]
SCALARS = st.sampled_from(
    ['""', '"x"', f'"{SECRET}"', "3", "-1.5", "nan", "inf", "true", "1979-05-27", "07:32:00", '"\\u001b]52;c;"', '"+1"']
)


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)} = {inline(each)}" for name, each in value.items()) + "}"
    return "[" + ", ".join(map(inline, value)) + "]" if isinstance(value, list) else str(value)


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


@given(document=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_any_values_under_our_names(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    text = "".join(f"{quoted(name)} = {inline(value)}\n" for name, value in document.items())
    path.write_text(text.replace("\x1b", "\\u001b"), encoding="utf-8")
    path.chmod(0o600)
    found = read(path)
    last = text.count("\n")
    for each in complaints(found, {}, columns={"name"}, bindings={"room.end"}, themes={"nord"}):
        assert str(each).isprintable()
        assert each.line is None or 1 <= each.line <= last
        assert SECRET not in str(each) or f'"{SECRET}"' in _shown_values(document)
    assert SECRET not in repr(found)


def _shown_values(document: Any) -> set[str]:
    """Values that are names themselves, and may be told: those of columns, themes, profiles, programs."""
    if isinstance(document, dict):
        mine = {
            each
            for name, value in document.items()
            if name in {"columns", "theme", "default_profile", "credential_command", "views", "when", "name"}
            for each in _leaves(value)
        }
        return mine.union(*map(_shown_values, document.values()))
    return set().union(*map(_shown_values, document)) if isinstance(document, list) else set()


def _leaves(value: Any) -> set[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {str(value)}.union(*map(_leaves, inner))


@given(text=st.text(max_size=40) | st.binary(max_size=40))
def test_any_bytes(text: str | bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        said = [str(each) for each in read(path).complaints]
    except ConfigError as error:
        said = [str(error)]
    assert all(each.isprintable() for each in said)


@pytest.mark.parametrize("path", ["nul\0", "x" * 5000, "/dev/null/x"])
def test_a_path_that_can_be_none(path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(Path(path), must_exist=True)
    assert str(caught.value).isprintable()
