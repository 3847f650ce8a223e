"""What Twilio says no with: its error codes, their messages and HTTP statuses.

Texts are those of the twilio-video.js error table and of the error dictionary. The REST ones answer HTTP 400,
as the recorded answers for 53113 and 53120 do.
"""

from __future__ import annotations

_PLATFORM = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20007: (400, "Page size too large"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal server error"),
    20503: (503, "Service unavailable"),
}
_VIDEO = {
    53100: "Room name is invalid",
    53101: "Room name is too long",
    53102: "Room name contains invalid characters",
    53103: "Unable to create Room",
    53105: "Room contains too many Participants",
    53106: "Room not found",
    53107: "MaxParticipants is out of range",
    53108: "RoomType is not valid",
    53109: "Timeout is out of range",
    53110: "StatusCallbackMethod is invalid",
    53111: "StatusCallback is invalid",
    53112: "Status is invalid",
    53113: "Room exists",
    53114: "Room creation parameter(s) incompatible with the Room type",
    53115: "MediaRegion is invalid",
    53117: "The subscription operation requested is not supported for the Room type",
    53118: "Room completed",
    53119: "The concurrent Rooms quota was exceeded",
    53120: "Invalid Recording Rule(s)",
    53122: "The recording operation requested is not supported for the Room type",
    53123: "MaxParticipantDuration is out of range",
    53124: "The AudioOnly flag is not supported for the Room type",
    53125: "The track kind is not supported by the Room",
    53126: "The Room type is a legacy type and no longer supported",
    53127: "The audioOnly flag is no longer supported",
    53200: "Participant identity is invalid",
    53201: "Participant identity is too long",
    53202: "Participant identity contains invalid characters",
    53203: "The maximum number of published tracks allowed in the Room at the same time has been reached",
    53204: "Participant not found",
    53206: "The Participant concurrency quota was exceeded",
    53209: "Participant status is invalid",
    53215: "Invalid Subscribe Rule(s)",
    53300: "Track is invalid",
    53301: "Track name is invalid",
    53302: "Track name is too long",
    53303: "Track name contains invalid characters",
    53304: "Track name is duplicated",
}

_VOICE = {
    20009: "Cannot delete this resource before it is complete",
    21201: "No 'To' number is specified",
    21205: "Url parameter is required.",
    21206: "Invalid SendDigits",
    21208: "Invalid Timeout",
    21209: "Invalid Method",
    21210: "'From' phone number not verified",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid 'From' Phone Number",
    21213: "No 'From' number is specified",
    21214: "'To' phone number cannot be reached",
    21215: "Account not authorized to call this number",
    21216: "Account not allowed to call this number",
    21217: "Phone number does not appear to be valid",
    21218: "Invalid ApplicationSid",
    21219: "'To' phone number not verified",
    21220: "Call is not in-progress. Cannot redirect.",
    21609: "Invalid 'StatusCallback'",
    32018: "Twiml size exceeded maximum allowed value of 4000 characters",
}


class Refusal(Exception):
    """Twilio's refusal of a request or of a client.

    Args:
        code: Twilio's error code.
        message: in place of the code's own message.
        status: in place of the code's own HTTP status.
    """

    def __init__(self, code: int, message: str | None = None, *, status: int | None = None) -> None:
        usual_status, usual_message = _PLATFORM.get(code) or (400, _VIDEO.get(code) or _VOICE[code])
        self.code = code
        self.status = status or usual_status
        self.message = message or usual_message
        super().__init__(f"{self.code}: {self.message}")

    @property
    def more_info(self) -> str:
        """The address of the code's page in Twilio's error dictionary."""
        return f"https://www.twilio.com/docs/errors/{self.code}"


def not_found(resource: str) -> Refusal:
    """A 404 for a resource path without its API version, such as `/Rooms/RM71`."""
    return Refusal(20404, f"The requested resource {resource} was not found")
