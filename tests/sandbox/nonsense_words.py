"""What random requests are made of: names, and values with and without sense for the parameters of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | bytes

METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

NAMES = ("daily", "daily", "daily", "red room", "a/b?c#d", "é\u202e", "%41", "RM", "a" * 128, "0")
PEOPLE = ("ann", "bob", "eve", "+16505550123", "a" * 128, "<b>")
PHONES = ("+14155550100", "+14155550101", "+14155550102", "+442071838750", "client:joe", "sip:a@b.example")
FLAGS = ("true", "false", "True")
DATES = ("2100-01-02", "2100-01-02T03:04:05Z", "2999-12-31", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00")
DEEP = "[" * 980 + "]" * 980
RULES = (
    '[{"type": "include", "all": true}]',
    '[{"type": "include", "kind": "audio"}, {"type": "exclude", "publisher": "ann"}]',
    '{"rules": [{"type": "exclude", "all": true, "kind": null}]}',
    '[{"type": "include", "track": "\\ud800"}]',
)
LAYOUTS = (
    '{"grid": {"video_sources": ["*"]}}',
    '{"\\udfff": {"video_sources": ["ann*"], "x_pos": 9, "width": 90, "reuse": "none", "z_pos": -99}}',
)

# The values that make sense for a parameter.
SENSE: dict[str, Sequence[Value]] = {
    "AdHocRooms": ("true", "true", "false"),
    "Advance": ("0", "0.3", "1", "1", "5", "5", "29.9", "60", "61", "300"),
    "AnswerAfter": ("0", "4", "59", "86400"),
    "AudioSources": ("*", "*", "a*", '["ann", "*"]'),
    "AwsS3Url": ("https://bucket.example/x",),
    "Behaviour": ("answer", "answer", "busy", "no-answer", "failed", "reject"),
    "Configuration": ('{"languageCode": "en"}', '{"a": 1, "b": true, "c": NaN}', "{}"),
    "Count": ("1", "2"),
    "Delay": ("0", "0.01"),
    "EmptyRoomTimeout": ("1", "5", "60"),
    "Era": ("legacy", "legacy", "legacy", "current"),
    "Format": ("mp4", "webm"),
    "FriendlyName": ("a", "b", "hook", "a" * 100),
    "From": PHONES,
    "Identity": PEOPLE,
    "Kind": ("audio", "video", "data"),
    "LargeRoom": ("false",),
    "MaxParticipantDuration": ("600", "86400"),
    "MaxParticipants": ("1", "2", "4"),
    "MediaRegion": ("us1", "gll"),
    "MediaType": ("audio", "video", "data"),
    "Method": ("GET", "POST"),
    "Name": ("mic", "cam", "a" * 128),
    "NotFoundAfterEnd": ("0", "0", "5"),
    "Number": PHONES,
    "Page": ("1", "7"),
    "PageSize": ("1", "2", "50", "100"),
    "ParticipantQuota": ("10000", "30"),
    "Path": ("", "/v1/Rooms", "*"),
    "ReadLimit": ("0",),
    "RecordParticipantsOnConnect": ("true", "true", "true", "false"),
    "Region": ("us1", "us1", "ie1"),
    "Resolution": ("640x480", "16x16", "1280x720"),
    "Room": NAMES,
    "RoomQuota": ("10000", "40"),
    "Rules": RULES,
    "SendDigits": ("123ww",),
    "Speed": ("0",),
    "Status": ("completed",),
    "StatusCallbackEvent": ("initiated", "answered", "completed"),
    "TalkFor": ("10", "86400"),
    "TimeLimit": ("1", "60", "86400"),
    "Timeout": ("0", "5", "60", "600"),
    "To": PHONES,
    "Tracks": ("audio", "audio,video", "audio,video,data", "video"),
    "TranscriptionsConfiguration": ('{"languageCode": "en"}', '{"a": {"b": []}}'),
    "Ttl": ("1", "3600"),
    "Type": ("group",),
    "UniqueName": NAMES,
    "UnusedRoomTimeout": ("1", "5", "60"),
    "VideoCodecs": ("VP8", "H264", '["H264"]'),
    "VideoLayout": LAYOUTS,
    "WriteLimit": ("0",),
}  # fmt: skip

# Those at the edges of sense, and beyond.
EDGES: dict[str, Sequence[Value]] = {
    "Advance": ("3600", "14400", "86400", "31622400", "31622401", "1e-9"),
    "AudioSources": ("[1]", "[", ""),
    "AwsS3Url": ("http://", "ftp://x"),
    "Configuration": ('{"a": {"b": []}}', f'{{"a": {DEEP}}}'),
    "Count": ("0",),
    "EmptyRoomTimeout": ("0", "61"),
    "FriendlyName": ("a" * 101,),
    "Kind": ("429", "500", "503", "malformed", "truncated", "html", "auth", "reset", "timeout", "slow"),
    "MaxParticipantDuration": ("599", "86401"),
    "MaxParticipants": ("0", "50", "51"),
    "NotFoundAfterEnd": ("99999999999999999", "9" * 18),
    "Page": ("0", "999999999999999999"),
    "PageSize": ("0", "101", "1000", "1001"),
    "Path": ("[z-a]", "*?" * 60, "*a" * 30),
    "Resolution": ("1280x1280", "15x16"),
    "RetryAfter": ("9" * 18,),
    "Rules": ('[{"type": "include"}]', "[]", "{}", DEEP),
    "SendDigits": ("x",),
    "Status": (
        "canceled", "in-progress", "failed", "connected", "reconnecting", "processing", "deleted", "started", "stopped",
        "queued", "enqueued", "disconnected",
    ),
    "StatusCallbackEvent": ("ringing completed",),
    "TimeLimit": ("0", "86401"),
    "Timeout": ("601",),
    "To": ("+15005550001", "+15005550004", "14155550100", "(415) 555-1212"),
    "Tracks": (",".join(["audio"] * 171), ",,", "x"),
    "TranscriptionsConfiguration": (f'{{"a": {DEEP}}}', "[]"),
    "Ttl": ("0", "3601"),
    "Type": ("group-small", "peer-to-peer", "go", "large"),
    "VideoCodecs": ("[[]]", "[", "VP9"),
}  # fmt: skip

# What is right nowhere, or everywhere.
NONSENSE: Sequence[Value] = (
    "", " ", "0", "-1", "1", "+1", "1.5", "1e3", "nan", "inf", "-inf", "1e308", "9" * 18, "9" * 400, "0x10", "\u0661",
    "true", "null", "[]", "{}", '{"a": NaN}', DEEP, '{"a":' * 300, "\x00", "a\x00b", "\r\nX: y", b"\xff\xfe",
    b"\xc0\x80", b"\xed\xa0\x80", "é", "\U0001d4b3", "\u202e\u200b", "a" * 129, "a" * 5000, "*" * 40 + "x",
    "2026-02-30", *DATES, "http://127.0.0.1:1/", "http://[", "http://[::1]:99999/", "http://x:y@127.0.0.1:1/é?q#rc=0",
    "//", "javascript:1", "http://xn--a/", "http://\u2100/", "completed", "audio", "GET", "%", "%00", "../..",
    "<Response/>",
)  # fmt: skip

# Path parts that are no names: traps for whoever decodes, joins or compares.
TRAPS: Sequence[bytes] = (
    b"", b".", b"..", b"%2e%2e", b"%2F", b"%252F", b"%", b"%zz", b"%00", b"%FF", b"\xff", b"\xc3\xa9", b"%C3%A9", b"+",
    b"*", b"~", b"a" * 3000, b"%41" * 900, b"RM" + b"f" * 32, b"PA" + b"0" * 32, b"RM" + b"%66" * 32, b"Default",
    b"x.json", b";a=b", b"a%0d%0ab", b"%E2%80%AE", b"[::1]", b"@", b"{NameOrSid}",
)  # fmt: skip

# What `Status` may become, by the end of the route.
STATUSES = {"{IdentityOrSid}": "disconnected", "{Ttid}": "stopped", "{Sid.json}": "completed"}

# What a request should have at least, or mostly has, so that it often succeeds. Anything else is tried now and then.
USUAL: dict[str, Sequence[str]] = {
    "POST /v1/Rooms": (
        "UniqueName", "Type", "MaxParticipants", "EmptyRoomTimeout", "UnusedRoomTimeout", "StatusCallback",
        "RecordParticipantsOnConnect", "RecordingRules", "VideoCodecs", "MaxParticipantDuration", "AudioOnly",
        "TranscribeParticipantsOnConnect", "TranscriptionsConfiguration", "MediaRegion",
    ),
    "POST /v1/Rooms/{NameOrSid}": ("Status",),
    "POST /v1/Rooms/{NameOrSid}/Participants/{IdentityOrSid}": ("Status",),
    "POST /v1/Rooms/{NameOrSid}/Participants/{IdentityOrSid}/SubscribeRules": ("Rules",),
    "POST /v1/Rooms/{NameOrSid}/RecordingRules": ("Rules",),
    "POST /v1/Rooms/{NameOrSid}/Transcriptions": ("Configuration",),
    "POST /v1/Rooms/{NameOrSid}/Transcriptions/{Ttid}": ("Status", "Configuration"),
    "POST /v1/Compositions": (
        "RoomSid", "AudioSources", "VideoLayout", "Resolution", "Format", "Trim", "StatusCallback"
    ),
    "POST /v1/CompositionHooks": ("FriendlyName", "AudioSources", "Enabled", "VideoLayout", "Resolution"),
    "POST /v1/CompositionHooks/{HK}": ("FriendlyName", "AudioSources", "Enabled"),
    "POST /v1/RecordingSettings/Default": ("FriendlyName", "AwsS3Url", "EncryptionEnabled"),
    "POST /v1/CompositionSettings/Default": ("FriendlyName", "AwsS3Url", "AwsStorageEnabled"),
    "POST /2010-04-01/Accounts/{AccountSid}/Calls.json": (
        "To", "From", "Twiml", "Url", "FallbackUrl", "StatusCallback", "StatusCallbackEvent", "Timeout", "TimeLimit",
    ),
    "POST /2010-04-01/Accounts/{AccountSid}/Calls/{Sid.json}": ("Status", "Twiml", "Url", "TimeLimit"),
    "POST /_sandbox/participants": ("Room", "Identity", "Tracks"),
    "POST /_sandbox/participants/{PA}/publish": ("Kind", "Name", "Enabled"),
    "POST /_sandbox/participants/{PA}/unpublish": ("Kind", "Name"),
    "POST /_sandbox/clock": ("Advance",),
    "POST /_sandbox/numbers": ("Number", "Behaviour", "AnswerAfter", "TalkFor"),
    "POST /_sandbox/calls/incoming": ("From", "To", "Twiml", "VoiceUrl", "VoiceFallbackUrl", "StatusCallback"),
    "POST /_sandbox/recordings/{RT}/fail": ("FailedOperation",),
    "POST /_sandbox/faults": ("Count", "Path", "Delay", "RetryAfter"),
    "POST /_sandbox/account": (
        "AdHocRooms", "Era", "Region", "RoomQuota", "ParticipantQuota", "NotFoundAfterEnd", "StatusCallback"
    ),
}  # fmt: skip
NEEDED = frozenset(
    {
        "Room",
        "Identity",
        "To",
        "From",
        "RoomSid",
        "AudioSources",
        "FriendlyName",
        "Number",
        "Advance",
        "Rules",
        "Kind",
        "Status",
    }
)
LISTED = ("Page", "PageSize", "PageToken", "Status", "DateCreatedAfter", "DateCreatedBefore", "StartTime", "EndTime<")
