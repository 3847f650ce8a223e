"""Another account is chosen from a list, and the dashboard leaves for it without waiting for the one it shows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.config import Account, ConfigError, Source
from roomtui.tui.screens.profiles import ProfilesScreen
from roomtui.tui.widgets.line_view import LineView
from tests.tui.driving import press, screen_text, told
from tests.tui.scene import stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.tui.scene import Stage

ACCOUNTS = (
    Account(name="acme-prod", accent="red"),
    Account(name="acme-test", accent="nosuchcolour", read_only=True),
    Account(name="beta\x1b[2J[b]", source=Source.TWILIO_CLI),
    Account(name="AC1111..1111", source=Source.ENVIRONMENT),
)


def with_accounts(switch: Callable[[Account], Awaitable[None]] | None) -> Stage:
    shown = stage(accent=ACCOUNTS[0].accent)
    app = shown.app
    app.settings = replace(app.settings, accounts=ACCOUNTS, profile="acme-prod", switch=switch)
    return shown


def note(shown: Stage) -> str:
    lines = shown.app.screen.query_one("#note", LineView).lines
    return " ".join("".join(piece.text for piece in line) for line in lines)


async def test_the_accounts_are_listed_with_what_one_must_know_of_them() -> None:
    async def never(_: Account) -> None:
        raise AssertionError

    shown = with_accounts(never)
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "P")
        lines = [line.split("│")[1].strip(" >") for line in screen_text(shown).splitlines() if line.count("│") > 1]
        listed = {line.split()[0]: line.split(maxsplit=1)[1:] for line in lines if line.split()}
        assert listed["acme-prod"] == ["watched now"]
        assert listed["acme-test"] == ["read-only"]
        assert listed["beta^[[2J[b]"] == ["twilio-cli"]
        assert listed["AC1111..1111"] == ["environment"]
        # Enter on the one that is watched changes nothing; neither does esc.
        await press(pilot, "enter")
        assert not isinstance(shown.app.screen, ProfilesScreen)
        await press(pilot, "P", "b", "escape")
        assert not isinstance(shown.app.screen, ProfilesScreen)
        assert not shown.app.hands_over


@pytest.mark.parametrize("recorded", [True, False])
async def test_that_a_recording_ends_with_its_account_is_said_before_it_does(*, recorded: bool) -> None:
    async def never(_: Account) -> None:
        raise AssertionError

    shown = with_accounts(never)
    shown.app.settings = replace(shown.app.settings, recorded=recorded)
    async with shown.app.run_test(size=(60, 20)) as pilot:
        await press(pilot, "P")
        assert ("ends the recording" in note(shown)) is recorded


async def test_what_keeps_an_account_from_being_watched_is_told_and_another_one_can_be_chosen() -> None:
    asked: list[str] = []
    hangs = asyncio.Event()

    async def switch(account: Account) -> None:
        asked.append(account.name)
        if account.name == "acme-test":
            raise ConfigError("/home/me/config.toml:3: profile acme-test lacks its secret.")
        if account.name == "AC1111..1111":
            await hangs.wait()

    shown = with_accounts(switch)
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "P", "j", "enter")
        assert "profile acme-test lacks its secret." in note(shown)
        # One that takes for ever is left for the next.
        await press(pilot, "j", "j")
        await pilot.press("enter")
        await pilot.pause()
        assert note(shown) == "Looking for the credentials of AC1111..1111..."
        assert shown.app.is_running
        await press(pilot, "k", "enter")
        assert asked == ["acme-test", "AC1111..1111", ACCOUNTS[2].name]
        assert shown.app.hands_over
    # Whoever shows the next account closes the connection to this one.
    assert ("close", None) not in shown.feed.told


@pytest.mark.parametrize("accounts", [(), ACCOUNTS[:1]], ids=["none", "one"])
async def test_where_there_is_no_other_account_that_is_said(accounts: tuple[Account, ...]) -> None:
    async def never(_: Account) -> None:
        raise AssertionError

    shown = with_accounts(never)
    shown.app.settings = replace(shown.app.settings, accounts=accounts)
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "P")
        assert "There is no other account here" in told(shown)
        assert not isinstance(shown.app.screen, ProfilesScreen)
