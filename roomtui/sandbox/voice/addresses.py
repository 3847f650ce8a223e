"""What can be called: phone numbers, SIP addresses, Twilio Client names."""

from __future__ import annotations

import hashlib
import re

from roomtui.sandbox.world.parameters import is_utf8

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[0-9]{10}")
_PUNCTUATION = re.compile(r"[ ().\-]")
_CLIENT = re.compile(r"client:[^\s<>&\"]{1,121}", re.IGNORECASE)
_SIP = re.compile(r"sips?:[^\s@<>\"]{1,128}@[A-Za-z0-9._\-\[\]:]{1,253}(;[^\s<>\"]*|\?[^\s<>\"]*)?", re.IGNORECASE)

_COUNTRIES = {
    "1": "US",
    "31": "NL",
    "33": "FR",
    "34": "ES",
    "39": "IT",
    "44": "GB",
    "49": "DE",
    "55": "BR",
    "61": "AU",
    "65": "SG",
    "81": "JP",
    "91": "IN",
    "353": "IE",
}


def phone_number(text: str) -> str | None:
    """A phone number in E.164, or None.

    Twilio also takes unformatted North American numbers, such as `(415) 555-1212`, and numbers without the plus.
    """
    digits = _PUNCTUATION.sub("", text.strip())
    if re.fullmatch(r"[2-9][0-9]{9}", digits):
        digits = f"+1{digits}"
    elif re.fullmatch(r"[1-9][0-9]{9,14}", digits):
        digits = f"+{digits}"
    if not _E164.fullmatch(digits) or (digits.startswith("+1") and not _NORTH_AMERICAN.fullmatch(digits)):
        return None
    return digits


def is_phone_number(address: str) -> bool:
    """Whether an address is a phone number rather than a name."""
    return address.startswith("+")


def address(text: str) -> str | None:
    """A phone number in E.164, a `client:` name or a `sip:` address; None for anything else."""
    text = text.strip()
    if _CLIENT.fullmatch(text) or _SIP.fullmatch(text):
        return text if is_utf8(text) else None
    return phone_number(text)


def formatted(address: str) -> str:
    """As Twilio displays it: `(415) 867-5309` in North America, all others as they are (OpenAPI, 'to_formatted')."""
    if _NORTH_AMERICAN.fullmatch(address):
        return f"({address[2:5]}) {address[5:8]}-{address[8:]}"
    return address


def country(address: str) -> str:
    """The ISO code of a number's country, where its calling code tells; else empty."""
    for length in (3, 2, 1):
        if (found := _COUNTRIES.get(address[1 : 1 + length])) is not None and is_phone_number(address):
            return found
    return ""


def number_sid(address: str) -> str | None:
    """The SID of a phone number: the same one for the same number. Names have none."""
    if not is_phone_number(address):
        return None
    return f"PN{hashlib.blake2b(address.encode(), digest_size=16).hexdigest()}"
