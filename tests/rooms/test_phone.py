from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.phone import PhoneNumberError, phone_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+15005550006", "+15005550006"),  # Twilio's number for tests, which is in use nowhere
        ("+1 (500) 555-0006", "+15005550006"),
        ("  +1.500.555.0006  ", "+15005550006"),
        ("+1/500/5550006", "+15005550006"),
        ("+49 30 123456", "+4930123456"),
        ("+49 (0)30 123456", "+4930123456"),
        ("+49 030 123456", "+4930123456"),
        ("(+49) 30 123456", "+4930123456"),
        ("+39 06 1234 5678", "+390612345678"),  # in Italy the zero is dialled
        ("\u202a+1\xa0650\u2011555\u20130100\u202c", "+16505550100"),  # as an address book copies it
        ("+44\t20 7183 8750", "+442071838750"),
        ("+800 1234 5678", "+80012345678"),  # of no country
        ("+8821612345678", "+8821612345678"),  # of a satellite
    ],
)
def test_reads_a_number_as_people_write_it(written: str, number: str) -> None:
    assert phone_number(written) == number
    assert phone_number(number) == number


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "A phone number is wanted here, such as +4930123456."),
        (" - ", "A phone number is wanted here, such as +4930123456."),
        ("030 123456", "Write the number with + and its country code, such as +4930123456."),
        ("0049 30 123456", "Write the number with + and its country code, such as +4930123456."),
        ("15005550006", "Write the number with + and its country code, such as +4930123456."),
        ("+", "The number has too few digits for its country."),
        ("+1", "The number has too few digits for its country."),
        ("+1 555", "The number has too few digits for its country."),
        ("+49 (0)30", "The number has too few digits for its country."),
        ("+1 500 555 0006 7", "The number has too many digits for its country."),
        ("+" + "1" * 40, "The number has too many digits for its country."),
        ("+999 1234567", "No country has this code: look at the digits after the +."),
        ("+1 800 FLOWERS", "The number holds F, which no phone number has."),
        ("+49 30 123456 ext 7", "The number holds e, which no phone number has."),
        ("++1 500 555 0006", "The number holds +, which no phone number has."),
        ("+1 500 555 0006;ext=1", "The number holds ;, which no phone number has."),
        ("+1 500 555 0006\x1b[2J", "The number holds ^[, which no phone number has."),
        ("+1\n5005550006", "The number holds ^J, which no phone number has."),
        ("alice", "The number holds a, which no phone number has."),
        ("sip:alice@example.com", "The number holds s, which no phone number has."),
        ("+٤٩٣٠١٢٣٤٥٦", "The number holds ٤, which no phone number has."),
        ("+43 00 2606", "The number has a prefix that is not dialled from abroad: leave it out."),
        ("+7 8 8743613391", "The number has a prefix that is not dialled from abroad: leave it out."),
    ],
)
def test_says_what_is_wrong_with_a_number(written: str, sentence: str) -> None:
    with pytest.raises(PhoneNumberError) as refused:
        phone_number(written)
    assert str(refused.value) == sentence
    assert isinstance(refused.value, ValueError)


@given(st.text(st.sampled_from("0123456789"), min_size=1, max_size=20))
def test_dials_no_other_digits_than_were_written(digits: str) -> None:
    try:
        number = phone_number(f"+{digits}")
    except PhoneNumberError:
        return
    assert 2 <= len(number) - 1 <= 15
    assert number == f"+{digits}" or any(
        number == f"+{digits[:place]}{digits[place + 1 :]}" for place in (1, 2, 3) if digits[place] == "0"
    ), "nothing but the zero that is dialled inside a country is left out"
    assert phone_number(number) == number


@given(st.text(max_size=30), st.sampled_from(["", "+", "+1", "+49 30"]))
def test_any_text_is_a_number_or_a_sentence(text: str, before: str) -> None:
    try:
        said = phone_number(before + text)
    except PhoneNumberError as refused:
        said = str(refused)
    assert said.isprintable()
    assert said.startswith("+") or said.endswith(".")


def test_who_dials_nobody_does_not_load_the_world_s_numbers() -> None:
    program = "import sys, roomtui.rooms.phone; sys.exit('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
