"""Phone numbers, client names and SIP addresses."""

from __future__ import annotations

import pytest

from roomtui.sandbox.voice.addresses import address, country, formatted, number_sid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+14158675309", "+14158675309"),
        (" +1 (415) 867-5309 ", "+14158675309"),
        ("(415) 867-5309", "+14158675309"),
        ("415.867.5309", "+14158675309"),
        ("14158675309", "+14158675309"),
        ("+442071838750", "+442071838750"),
        ("client:tommy", "client:tommy"),
        ("sip:kate@example.com", "sip:kate@example.com"),
        ("sip:kate@127.0.0.1:5060;transport=tcp", "sip:kate@127.0.0.1:5060;transport=tcp"),
        ("+18667786", None),
        ("+17890987654465", None),
        ("!!###$%", None),
        ("kate", None),
        ("", None),
        ("+", None),
        ("+0123456789", None),
        ("+١٤١٥٨٦٧٥٣٠٩", None),
        ("client:", None),
        ("client:\ud800", None),
        ("sip:kate", None),
        ("+1415867530900000000000", None),
    ],
)
def test_what_can_be_called(text: str, expected: str | None) -> None:
    assert address(text) == expected


def test_north_american_numbers_are_formatted_and_all_others_shown_as_they_are() -> None:
    assert formatted("+14158675309") == "(415) 867-5309"
    assert formatted("+442071838750") == "+442071838750"
    assert formatted("client:tommy") == "client:tommy"


def test_the_calling_code_tells_the_country_and_a_name_has_none() -> None:
    assert [country(each) for each in ("+14158675309", "+442071838750", "+35312345678", "client:44", "+99912345")] == [
        "US",
        "GB",
        "IE",
        "",
        "",
    ]


def test_a_number_has_one_sid_and_a_name_has_none() -> None:
    assert number_sid("+14158675309") == number_sid("+14158675309") != number_sid("+14158675308")
    assert number_sid("client:tommy") is None
