"""One account after the other: the next one is there at once, whatever the one before is doing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from roomtui.cli import accounts
from roomtui.cli.accounts import config_of, mistaken, one_after_the_other
from roomtui.cli.garbage import Garbage
from roomtui.config import Account, Config, ConfigError, Typed
from roomtui.rooms.picture import LiveRoom, Picture
from roomtui.twilio_api.credentials import Credentials
from tests.rooms.builders import room

if TYPE_CHECKING:
    from pathlib import Path


def config(name: str) -> Config:
    return Config(name=name, credentials=Credentials("SK1", "x", "AC1"))


@dataclass
class Shown:
    """An account on the screen, left at once for the next one."""

    name: str
    next: Config | None
    story: list[str]
    closes: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self) -> None:
        self.story.append(f"{self.name} shown")
        await asyncio.sleep(0)

    async def leave(self, within: float) -> None:
        self.story.append(f"{self.name} has {within:g} s")
        try:
            await self.closes.wait()
            self.story.append(f"{self.name} closed")
        except asyncio.CancelledError:
            self.story.append(f"{self.name} broken off")
            raise


def visit(*names: str) -> tuple[list[str], dict[str, Shown]]:
    story: list[str] = []
    shown = {
        name: Shown(name, config(after) if after else None, story)
        for name, after in zip(names, (*names[1:], None), strict=True)
    }
    return story, shown


async def test_the_next_account_is_shown_while_the_one_before_is_still_closing() -> None:
    story, shown = visit("one", "two", "three")
    shown["one"].closes.set()
    shown["two"].closes.set()
    last = await one_after_the_other(config("one"), lambda config: shown[config.name])
    assert last.name == "three"
    assert story.index("two shown") < story.index("one closed")
    assert "one has 60 s" in story


async def test_what_was_known_of_an_account_that_was_left_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    thrown = asyncio.Event()
    monkeypatch.setattr(accounts, "FORGOTTEN_AFTER", 0.0)
    monkeypatch.setattr(Garbage, "end", thrown.set)
    _, shown = visit("one", "two")
    shown["one"].closes.set()
    await one_after_the_other(config("one"), lambda config: shown[config.name])
    await asyncio.wait_for(thrown.wait(), 10)


async def test_an_account_that_hangs_holds_up_neither_the_next_one_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ENDS_WITHIN", 0.05)
    story, shown = visit("one", "two")
    await asyncio.wait_for(one_after_the_other(config("one"), lambda config: shown[config.name]), 10)
    assert story == ["one shown", "two shown", "one has 60 s", "one broken off"]


async def test_another_account_is_read_anew_with_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text('[profiles.acme]\naccount_sid = "AC1"\nauth_token = "x"\n[profiles.bad]\n', encoding="utf-8")
    path.chmod(0o600)
    typed = Typed(config=path, read_only=True)
    found = await config_of(Account(name="acme"), typed)
    assert (found.name, found.read_only) == ("acme", True)
    with pytest.raises(ConfigError, match="profile bad has no account_sid"):
        await config_of(Account(name="bad"), typed)
    with pytest.raises(ConfigError, match="must begin with https://"):
        await config_of(Account(name="acme"), Typed(config=path, api_url="http://example.org"))


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ("AC1", None),
        (None, None),
        (
            "AC2",
            "These are the rooms of AC2, not of AC1: the API key was made in another account than the profile says.",
        ),
    ],
)
def test_rooms_of_another_account_are_known_for_what_they_are(theirs: str | None, said: str | None) -> None:
    live = LiveRoom.known(replace(room(), account_sid=theirs), None)
    assert mistaken(Picture({live.room.sid: live}), "AC1") == said
    assert mistaken(Picture(), "AC1") is None
