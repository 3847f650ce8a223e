"""Phone numbers as people write them, and as Twilio wants them (E.164)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from roomtui.rooms.untrusted import safe

DIGITS_MAX: Final = 15
"""Digits of a number with its country code (ITU-T E.164)."""

# What people put between digits, and what their address books put around them: marks of direction that no eye sees.
_BETWEEN: Final = frozenset({"Zs", "Pd", "Cf"})
_SIGNS: Final = frozenset("()./\t")
_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)


class PhoneNumberError(ValueError):
    """This is no phone number. `str()` is one sentence for people, which does not repeat it."""


def phone_number(text: str) -> str:
    """The number as E.164 (`+` and digits): ``+1 (500) 555-0006`` is ``+15005550006``.

    A number counts if one of its length can exist in its country; whether it is in use, nobody but Twilio knows (and
    test numbers are not).

    Raises:
        PhoneNumberError: it cannot be one, or its country is not told.
    """
    plain = "".join(each for each in text if not _stands_between(each))
    if not plain:
        raise PhoneNumberError("A phone number is wanted here, such as +4930123456.")
    if not plain.startswith("+"):
        if strange := _strange(plain):
            raise PhoneNumberError(f"The number holds {strange}, which no phone number has.")
        raise PhoneNumberError("Write the number with + and its country code, such as +4930123456.")
    if strange := _strange(plain[1:]):
        raise PhoneNumberError(f"The number holds {strange}, which no phone number has.")
    return _checked(plain)


def _stands_between(character: str) -> bool:
    return character in _SIGNS or unicodedata.category(character) in _BETWEEN


def _strange(digits: str) -> str:
    """The first character that is no digit, safe to show."""
    return next((safe(each) for each in digits if each not in "0123456789"), "")


def _checked(plain: str) -> str:
    import phonenumbers  # noqa: PLC0415  # 20 ms that only those who dial shall pay

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise PhoneNumberError("No country has this code: look at the digits after the +.") from None
        raise PhoneNumberError(_TOO_LONG if len(plain) > DIGITS_MAX else _TOO_SHORT) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        raise PhoneNumberError(_TOO_LONG)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise PhoneNumberError(_TOO_SHORT)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(written):
        raise PhoneNumberError(_TOO_LONG)
    # The library takes away what is dialled only inside a country. The zero of +49 (0)30 is known to everybody; any
    # other digit gone may be another person's number.
    zero_less = f"+{number.country_code}" + plain.removeprefix(f"+{number.country_code}0")
    if written not in {plain, zero_less} or phonenumbers.parse(written) != number:
        raise PhoneNumberError("The number has a prefix that is not dialled from abroad: leave it out.")
    return written


_TOO_SHORT: Final = "The number has too few digits for its country."
_TOO_LONG: Final = "The number has too many digits for its country."
