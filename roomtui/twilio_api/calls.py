"""Twilio's JSON read into phone calls; what a request for a new call holds. Pure.

Calls resource, API 2010-04-01: an older generation than Video's, with RFC 2822 times and numbers in quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.calls import Call
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Unsendable
from roomtui.twilio_api.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.calls import NewCall

TWIML_MAX: Final = 4000
"""Characters of TwiML that a request for a call takes."""


def call(record: Mapping[str, object]) -> Call:
    """Read a Calls resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = Fields(record)
    return Call(
        sid=fields.sid("call"),
        status=fields.word("status") or "",
        to=fields.name("to") or Untrusted(""),
        from_=fields.name("from") or Untrusted(""),
        direction=fields.word("direction"),
        date_created=fields.moment("date_created"),
        start_time=fields.moment("start_time"),
        end_time=fields.moment("end_time"),
        duration=fields.integer("duration"),
    )


def new_call_form(new: NewCall) -> dict[str, object]:
    """The form fields of a request for a call.

    Raises:
        Unsendable: the TwiML is longer than Twilio takes.
    """
    if len(new.twiml) > TWIML_MAX:
        raise Unsendable(
            f"The TwiML of a call has at most {TWIML_MAX} characters, this one has {len(new.twiml)}: "
            "shorten the spoken text."
        )
    return {"To": new.to, "From": new.from_, "Twiml": new.twiml, "Timeout": new.ring_seconds}
