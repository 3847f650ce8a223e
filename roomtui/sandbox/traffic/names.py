"""Names of people, rooms and phones: fictional, professional, and now and then hard to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_FIRST = """
    ada ana amir asha ben bo carla chen dara diego eli emeka eva farid fatou grace hana hugo ines ivan jamal jana
    kai kofi lara lee lena luca mai maria marek mina nadia nico noor olga omar pau pia quinn rami rosa ruth sami
    sara sean tara theo tomas uma vera viktor wei yara yusuf zane zoe
""".split()  # noqa: SIM905 - as a list it would be a page
_TEAMS = """
    apollo atlas billing borealis checkout delta design docs drift ember fern fjord gateway harbor helix identity
    ios jade kepler ledger lumen maps mercury nimbus onboarding orbit payments platform quartz research search
    security sierra signal summit support tundra vega web zephyr
""".split()  # noqa: SIM905 - as a list it would be a page
_HARD = ("R&D sync <europe>", "品質レビュー", 'Q&A: "ask anything"', "réunion d'équipe", "sprint 100% done?")
_AREA_CODES = (206, 312, 415, 503, 617, 650, 718)


def people(chance: Random, number: int) -> list[str]:
    """So many different identities."""
    if number <= len(_FIRST):
        return chance.sample(_FIRST, number)
    return [f"{first}.{letter}" for letter in "abcdefghij" for first in _FIRST][:number]


def phone_caller(chance: Random) -> str:
    """The identity Twilio gives a phone that brings none: number, dash, eight hexadecimal digits.

    The numbers are of the 555-01xx block, which is kept free for fiction.
    """
    return f"+1{chance.choice(_AREA_CODES)}55501{chance.randrange(100):02}-{chance.getrandbits(32):08x}"


def room_name(chance: Random, kind: str, serial: int) -> str:
    """A room's name. The serial number keeps two meetings of one team apart."""
    if chance.random() < 0.04:
        return f"{chance.choice(_HARD)} {serial}"
    return f"{kind}-{chance.choice(_TEAMS)}-{serial}"
