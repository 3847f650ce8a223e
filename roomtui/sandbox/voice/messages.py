"""What Twilio tells a customer's server: the parameters of TwiML requests and of status callbacks.

Rules: TwiML Voice, "Twilio's request"; Call resource, "StatusCallback" and "StatusCallbackEvent".
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from roomtui.sandbox.voice.addresses import country, is_phone_number
from roomtui.sandbox.voice.call import CallStatus

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.voice.call import PhoneCall

API_VERSION = "2010-04-01"


def request_parameters(call: PhoneCall) -> dict[str, str]:
    """The parameters that come with every request about a call."""
    parameters = {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "From": call.caller,
        "To": call.called,
        "Caller": call.caller,
        "Called": call.called,
        "CallStatus": call.status.value,
        "ApiVersion": API_VERSION,
        "Direction": call.direction.value,
    }
    for party, address in (
        ("From", call.caller),
        ("Caller", call.caller),
        ("To", call.called),
        ("Called", call.called),
    ):
        if is_phone_number(address):  # where a number lives, as far as a calling code tells
            parameters |= {f"{party}City": "", f"{party}State": "", f"{party}Zip": ""}
            parameters[f"{party}Country"] = country(address)
    if call.parent is not None:
        parameters["ParentCallSid"] = call.parent.sid
    if call.forwarded_from is not None:
        parameters["ForwardedFrom"] = call.forwarded_from
    if call.answered_by is not None:
        parameters["AnsweredBy"] = call.answered_by
    return parameters


def callback_parameters(call: PhoneCall, event: str, at: datetime) -> dict[str, str]:
    """The parameters of one status callback; `SequenceNumber` counts those sent for this call, from 0."""
    parameters = request_parameters(call)
    parameters |= {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.callbacks_sent),
        "Timestamp": format_datetime(at),
    }
    if event == "initiated":
        parameters["CallStatus"] = "initiated"
    if call.status.is_final:
        seconds = call.duration or 0
        parameters["CallDuration"] = str(seconds)
        parameters["Duration"] = str(-(-seconds // 60))  # minutes begun, as they are billed
        answered = call.status is CallStatus.COMPLETED
        if call.sip_code is not None or answered:
            parameters["SipResponseCode"] = str(call.sip_code or 200)
    return parameters
