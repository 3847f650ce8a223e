from __future__ import annotations

from datetime import timedelta

import pytest

from roomtui.rooms.picture import Picture
from roomtui.tui import words
from roomtui.watch.board import Link, LinkState
from tests.tui.scene import NOW, picture

FRESH = picture([])


def freshness(shown: Picture, link: Link, seconds: float) -> str:
    return words.freshness(shown, link, NOW + timedelta(seconds=seconds), 2.0)[0]


@pytest.mark.parametrize(
    ("shown", "link", "seconds", "said"),
    [
        (Picture(), Link(), 0, "connecting"),
        (FRESH, Link(LinkState.LIVE), 1, "live"),
        (FRESH, Link(LinkState.LIVE), 7.9, "live"),
        (FRESH, Link(LinkState.LIVE), 9, "9s old"),
        (FRESH, Link(LinkState.TROUBLE, "x"), 3, "3s old"),
        (FRESH, Link(LinkState.PAUSED), 75, "paused, 1m old"),
        (Picture(), Link(LinkState.PAUSED), 75, "paused"),
        (Picture(), Link(LinkState.TROUBLE, "x"), 3, "no data yet"),
    ],
)
def test_freshness_says_how_old_the_data_is_unless_it_is_fresh(
    shown: Picture, link: Link, seconds: float, said: str
) -> None:
    assert freshness(shown, link, seconds) == said


def test_freshness_does_not_tick_while_all_is_well() -> None:
    assert {freshness(FRESH, Link(LinkState.LIVE), tenths / 10) for tenths in range(79)} == {"live"}


def test_trouble_says_what_since_when_and_when_again() -> None:
    link = Link(LinkState.TROUBLE, "Twilio does not answer.", NOW + timedelta(seconds=20))
    said = words.trouble(FRESH, link, NOW + timedelta(seconds=12))
    assert said == "No new data for 12s: Twilio does not answer; next try in 8 s."


def test_trouble_that_is_being_tried_again_says_so() -> None:
    link = Link(LinkState.TROUBLE, "Twilio does not answer.", NOW)
    assert words.trouble(Picture(), link, NOW) == "No data yet: Twilio does not answer; trying again."


def test_no_trouble_no_banner() -> None:
    assert words.trouble(FRESH, Link(LinkState.LIVE), NOW) is None


def test_a_list_that_is_read_rarely_says_how_rarely_and_is_old_soon_after() -> None:
    rarely = Link(LinkState.LIVE, every=10.0)
    assert freshness(FRESH, rarely, 15) == "live, every 10 s"
    assert freshness(FRESH, rarely, 17) == "17s old"


def test_a_question_is_not_given_a_full_stop() -> None:
    asked = Link(LinkState.LIVE, "nothing like Twilio: is the API URL right?")
    assert words.trouble(FRESH, asked, NOW) == "nothing like Twilio: is the API URL right?"
