"""`<Connect><Room>`: the snippet that puts a phone call into a room, and the hazards of using it.

TwiML Voice: `<Room>`; Add Programmable Voice Participants to Video Rooms.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX, RoomType
from roomtui.rooms.personal import is_phone
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from roomtui.rooms.model import Room, Roster

IDENTITY_MAX: Final = 128
"""Characters of a participant's identity (Programmable Video Limits)."""

FALLBACK_SAY: Final = "The meeting is not available. Goodbye."
"""What a caller hears, unless told otherwise, where the room is not there (any more)."""

# What XML 1.0 has no way to write, not even as a character reference (XML 1.0, section 2.2).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The end of a reference or a tag, and quotation marks: no mark is put on these.
_MARKUP: Final = frozenset("&;<>\"'")
# More characters than `safe` lets be drawn as one letter, so that the letter itself is among so many.
_LETTER_MAX: Final = 16
# A TwiML Bin reads {{...}} as a template: a room called {{From}} would be the caller's number.
_BRACES: Final = {ord("{"): "&#123;", ord("}"): "&#125;"}


class TwimlError(ValueError):
    """The name or identity cannot stand in a snippet. `str()` is one sentence for people."""


class Language(str, Enum):
    """How a snippet is written down: TwiML, a program that makes it, or TwiML to be pasted into a TwiML Bin."""

    XML = "xml"
    PYTHON = "python"
    NODE = "node"
    BIN = "bin"


class HazardKind(str, Enum):
    """What may go wrong with a snippet."""

    NOT_GROUP = "not-group"
    NOT_IN_PROGRESS = "not-in-progress"
    ROOM_FULL = "room-full"
    PHONES_FULL = "phones-full"
    IDENTITY_TAKEN = "identity-taken"
    NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Hazard:
    """One thing to know before the snippet is used; `sentence` is safe to show."""

    kind: HazardKind
    sentence: str


def snippet(unique_name: str, *, identity: str = "", fallback_say: str = "", language: Language = Language.XML) -> str:
    """The snippet for the room of this unique name, ending without a line break.

    Args:
        unique_name: raw, as Twilio has it; escaped here.
        identity: raw `participantIdentity`; empty lets Twilio make one up.
        fallback_say: spoken if the room is not there: without it the call is hung up.
        language: TwiML itself, or a program that makes it with Twilio's SDK; see `Language`.

    Raises:
        TwimlError: a text holds what XML cannot hold, or the identity is over 128 characters.
    """
    if len(identity) > IDENTITY_MAX:
        raise TwimlError(
            f"An identity has at most {IDENTITY_MAX} characters, this one has {len(identity)}: choose a shorter one."
        )
    for what, text in (("room's name", unique_name), ("identity", identity), ("spoken text", fallback_say)):
        if found := _NOT_XML.search(text):
            raise TwimlError(f"The {what} holds {safe(found.group())}, which XML cannot carry: TwiML cannot name it.")
    return _WRITERS[language](unique_name, identity, fallback_say)


def hazards(room: Room, roster: Roster | None, *, identity: str = "") -> tuple[Hazard, ...]:
    """What may go wrong when a call uses the snippet of `room` now, worst first."""
    checks = (
        _not_in_progress(room),
        _not_group(room),
        _full(room, roster),
        _phones_full(roster),
        _identity_taken(roster, identity),
        _nameless(room),
    )
    return tuple(hazard for hazard in checks if hazard is not None)


def phones_in(roster: Roster) -> int:
    """How many phones are in the room, as far as it can be known: one that was given an identity does not show."""
    return sum(is_phone(participant.identity.raw) for participant in roster.present)


def _not_in_progress(room: Room) -> Hazard | None:
    if room.is_live:
        return None
    return Hazard(
        HazardKind.NOT_IN_PROGRESS,
        "The room is not in progress: a call goes on to the next verb, or is hung up if there is none.",
    )


def _not_group(room: Room) -> Hazard | None:
    if room.type in {RoomType.GROUP, None}:
        return None
    return Hazard(
        HazardKind.NOT_GROUP, f"The room's type is {safe(str(room.type))}: only group rooms take phone calls."
    )


def _full(room: Room, roster: Roster | None) -> Hazard | None:
    if roster is None or room.max_participants is None or roster.connected < room.max_participants:
        return None
    return Hazard(
        HazardKind.ROOM_FULL, f"The room is full ({roster.connected} of {room.max_participants}): a call cannot join."
    )


def _phones_full(roster: Roster | None) -> Hazard | None:
    if roster is None:
        return None
    phones = phones_in(roster)
    if phones < PHONE_PARTICIPANTS_MAX:
        return None
    return Hazard(
        HazardKind.PHONES_FULL, f"{phones} phone participants are in the room; it takes {PHONE_PARTICIPANTS_MAX}."
    )


def _identity_taken(roster: Roster | None, identity: str) -> Hazard | None:
    if not identity or roster is None:
        return None
    if not any(participant.identity.raw == identity for participant in roster.present):
        return None
    return Hazard(
        HazardKind.IDENTITY_TAKEN,
        f"{safe(identity)} is in the room already: the call would put them out (error 53205).",
    )


def _nameless(room: Room) -> Hazard | None:
    if room.has_name:
        return None
    return Hazard(
        HazardKind.NAMELESS,
        "The room has no name: its SID stands in for one, which Twilio does not document.",
    )


def _text(raw: str) -> str:
    return _with_references(escape(raw))


def _attribute(raw: str) -> str:
    return _with_references(quoteattr(raw))


def _with_references(escaped: str) -> str:
    """The same to whoever reads the XML, and to people the very text that it is: `safe` of it changes nothing.

    A reference stands for what no eye sees, a terminal obeys, a parser changes (a bare carriage return), or what is
    drawn into its neighbour or would be composed with it: on its way through a terminal's selection or an editor,
    `>` and a mark of a stranger's may become one letter, and the snippet no XML at all.
    """
    if escaped.isascii() and escaped.isprintable():
        return escaped
    written: list[str] = []
    before = ""  # what the next character may be drawn into: of one letter at least, nothing of the markup
    for each in escaped:
        if each.isprintable() and safe(before + each) == safe(before) + each:
            written.append(each)
            before = "" if each in _MARKUP else each if each.isascii() else (before + each)[-_LETTER_MAX:]
        else:
            written.append(f"&#{ord(each)};")
            before = ""
    return "".join(written)


def _xml(unique_name: str, identity: str, fallback_say: str) -> str:
    attribute = f" participantIdentity={_attribute(identity)}" if identity else ""
    say = f"  <Say>{_text(fallback_say)}</Say>\n" if fallback_say else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Response>\n"
        "  <Connect>\n"
        f"    <Room{attribute}>{_text(unique_name)}</Room>\n"
        "  </Connect>\n"
        f"{say}"
        "</Response>"
    )


def _bin(unique_name: str, identity: str, fallback_say: str) -> str:
    return _xml(unique_name, identity, fallback_say).translate(_BRACES)


def _python(unique_name: str, identity: str, fallback_say: str) -> str:
    keyword = f", participant_identity={identity!a}" if identity else ""
    say = f"response.say({fallback_say!a})\n" if fallback_say else ""
    # The SDK writes a carriage return in a text as it is, and whoever reads XML takes that for a line break.
    written = r'str(response).replace("\r", "&#13;")' if "\r" in unique_name + fallback_say else "response"
    return (
        "from twilio.twiml.voice_response import Connect, VoiceResponse\n"
        "\n"
        "response = VoiceResponse()\n"
        "connect = Connect()\n"
        f"connect.room({unique_name!a}{keyword})\n"
        "response.append(connect)\n"
        f"{say}"
        "\n"
        f"print({written})"
    )


def _node(unique_name: str, identity: str, fallback_say: str) -> str:
    attributes = f"{{ participantIdentity: {json.dumps(identity)} }}, " if identity else ""
    say = f"response.say({json.dumps(fallback_say)});\n" if fallback_say else ""
    return (
        "const VoiceResponse = require('twilio').twiml.VoiceResponse;\n"
        "\n"
        "const response = new VoiceResponse();\n"
        "const connect = response.connect();\n"
        f"connect.room({attributes}{json.dumps(unique_name)});\n"
        f"{say}"
        "\n"
        "console.log(response.toString());"
    )


_WRITERS: Final = {Language.XML: _xml, Language.PYTHON: _python, Language.NODE: _node, Language.BIN: _bin}
