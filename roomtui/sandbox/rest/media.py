"""Where the media of a recording or a composition would be: a sandbox makes none, and says so there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.wire import json_answer
from roomtui.sandbox.world import limits
from roomtui.sandbox.world.parameters import first_of, integer
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from roomtui.sandbox.wire import Answer, Call, Fields

_PATH = "/_sandbox/media"


def check_ttl(fields: Fields) -> None:
    """See that the time for which a media URL is to hold is one that Twilio grants.

    Raises:
        Refusal: 20001 where it is not.
    """
    text = first_of(fields.get("Ttl"))
    seconds = limits.MEDIA_URL_SECONDS if text is None else integer(text)
    if seconds not in limits.MEDIA_URL_SECONDS_RANGE:
        raise Refusal(20001, "Invalid parameter Ttl: must be 1 to 3600")


def media_redirect(call: Call, file: str) -> Answer:
    """The redirect to where this file would be."""
    location = f"{call.origin}{_PATH}/{file}"
    return json_answer(302, {"redirect_to": location}, {"Location": location})
