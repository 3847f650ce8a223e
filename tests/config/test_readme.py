"""The README's table of keys is made of the keys there are."""

from __future__ import annotations

from pathlib import Path

from roomtui.config import file, keys, load
from roomtui.config.settings import Typed

README = Path(__file__).parents[2] / "README.md"


def rows(known: tuple[keys.Key, ...]) -> list[str]:
    """The rows of a table in Markdown; where they are missing, these are the ones to put there."""
    made = []
    for key in known:
        default = f" ({str(key.default).lower()})" if key.default is not None and key.default is not False else ""
        also = ", ".join(f"`{each}`" for each in (key.option, *key.environment) if each)
        made.append(f"| `{key.name}` | {key.meaning}{default} | {also} |")
    return made


def test_the_readme_tells_every_key_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    wanted = rows((keys.DEFAULT_PROFILE, *keys.CREDENTIALS, *keys.SETTINGS))
    found = [line for line in text.splitlines() if line in set(wanted)]
    assert found == wanted
    for key in keys.ALERT_KEYS:
        assert f"`{key.name}`" in text


def test_the_readmes_example_is_a_right_one(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "config.toml"
    path.write_text(example, encoding="utf-8")
    path.chmod(0o600)
    read = file.read(path)
    assert [str(each) for each in read.complaints] == []
    config = load(Typed(config=path), {})
    assert (config.name, config.views, config.keys) == (
        "acme-prod",
        {"busy": "people:>3"},
        {"room.end": "e,delete"},
    )
    assert config.alerts
    assert config.accent
