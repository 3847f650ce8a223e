"""The table of faults: what goes wrong, and what people are told of it.

A fault that nobody needs to notice has no words: with it everything goes on and every number is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.whole.faults import bends
from tests.whole.faults.bends import (
    by_turns,
    dated,
    every,
    gone_back,
    next_page,
    off,
    only,
    page,
    records,
    refuses,
    says,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.whole.faults.middle import Bend

HTTP: Final = r"127\.0\.0\.1:\d+"


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    Attributes:
        name: what it is called.
        bend: makes what `Middle` does to each answer; None where nobody listens at all.
        words: what the dashboard says (a pattern); None: nothing, and every number is right all the time; empty: it
            may say something.
        code: the exit code of a command that asks for rooms.
        command: what such a command says on stderr (a pattern), where that is not what the dashboard says.
        back_within: seconds after its end within which all is right again; as a rule the longest that is waited
            between two tries, and a refresh.
    """

    name: str
    bend: Callable[[], Bend] | None
    words: str | None
    code: int = 1
    command: str | None = None
    back_within: int = 33

    @property
    def complaint(self) -> str | None:
        return self.command or self.words


def _of(bend: Bend) -> Callable[[], Bend]:
    return lambda: bend


AFTER_A_JUMP: Final = 66
"""Seconds: a time that has jumped and is back is not trusted for a minute."""
JUMPED: Final = r"The time in Twilio's answers has jumped by [\dN]+(s|m|h\d\d): the countdowns may be wrong"

FAULTS: Final = (
    # The connection.
    Fault("refused", None, rf"{HTTP} cannot be reached: it refused the connection"),
    Fault("reset", _of(bends.reset), rf"{HTTP} (cannot be reached: the connection was reset|closed the connection)"),
    Fault("closed", _of(bends.close), rf"{HTTP} closed the connection without an answer"),
    Fault("black-hole", _of(bends.silent), rf"{HTTP} gave no answer within [\d.N]+ s"),
    Fault("one-byte-a-second", _of(bends.drip), rf"{HTTP} gave no answer within [\d.N]+ s"),
    Fault("broken-off", _of(bends.half), rf"The answer of {HTTP} broke off half-way"),
    Fault("length-too-small", _of(bends.short), rf"{HTTP} does not answer (like Twilio \(broken JSON\)|in HTTP)"),
    Fault("no-http", _of(bends.noise), rf"{HTTP} does not answer in HTTP: is the API URL right\?"),
    Fault("too-big", _of(bends.too_big), rf"{HTTP} answers with more than 32 MB"),
    Fault("every-third-reset", lambda: every(3, bends.reset), None, 0),
    # Twilio's own no.
    Fault(
        "401-key-revoked",
        _of(refuses(401, 20003, "Authenticate")),
        r"Twilio refused the credentials \(error 20003\): Authenticate\. Check the account SID and the token",
        4,
    ),
    Fault("401-html", _of(page(401, "401")), r"Twilio refused the credentials \(HTTP 401\)", 4),
    Fault(
        "403",
        _of(refuses(403, 20403, "Forbidden")),
        r"Twilio refused the credentials \(error 20403\): Forbidden",
        4,
    ),
    Fault(
        "404-storm",
        _of(refuses(404, 20404, "The requested resource was not found")),
        r"Twilio does not know it \(error 20404\)|There is no list of rooms",
        1,
        r"no list of rooms at the API URL \(HTTP 404\)|There is no such room",
    ),
    Fault(
        "404-of-participants",
        lambda: only("/Participants", refuses(404, 20404, "The requested resource was not found")),
        r"Twilio does not know it \(error 20404\)",
    ),
    Fault("429-storm", _of(refuses(429, 20429, "Too Many Requests")), r"Twilio limits this account's requests"),
    Fault(
        "429-retry-after-5",
        _of(refuses(429, 20429, "Too Many Requests", retry_after="5")),
        r"Twilio limits this account's requests",
    ),
    Fault(
        "429-retry-after-a-day",
        _of(refuses(429, 20429, "Too Many Requests", retry_after="86400")),
        r"Twilio limits this account's requests",
        back_within=63,  # no longer than a minute, whatever is asked for
    ),
    Fault(
        "429-retry-after-nonsense",
        _of(refuses(429, 20429, "Too Many Requests", retry_after="soon")),
        r"Twilio limits this account's requests",
    ),
    Fault(
        "429-of-participants",
        lambda: only("/Participants", refuses(429, 20429, "Too Many Requests")),
        r"Twilio limits this account's requests",
        back_within=100,
    ),
    Fault(
        "every-third-429",
        lambda: every(3, refuses(429, 20429, "Too Many Requests")),
        "",  # now and then one room cannot be read at all
        0,
        back_within=100,  # right all the time; so long it takes until the rows are read as often as before
    ),
    Fault(
        "500",
        _of(refuses(500, 20500, "Internal Server Error")),
        r"Twilio has trouble of its own \(error 20500\): Internal Server Error",
    ),
    Fault("502-html", _of(page(502, "502 Bad Gateway")), r"Twilio has trouble of its own \(HTTP 502\)"),
    Fault(
        "503-retry-after",
        _of(refuses(503, 20503, "Service Unavailable", retry_after="3")),
        r"Twilio has trouble of its own \(error 20503\): Service Unavailable",
    ),
    Fault("504-empty", _of(says(504, "")), r"Twilio has trouble of its own \(HTTP 504\)"),
    Fault(
        "500-of-participants",
        lambda: only("/Participants", refuses(500, 20500, "Internal Server Error")),
        r"Twilio has trouble of its own \(error 20500\)",
    ),
    # Something that is not Twilio.
    Fault("html", _of(page(200, "Welcome to the hotel")), rf"{HTTP} answered with HTML, not JSON"),
    Fault("redirect", _of(says(302, "", location="https://portal.invalid/")), rf"{HTTP} redirects \(HTTP 302\)"),
    Fault("empty", _of(says(200, "")), rf"{HTTP} does not answer like Twilio \(nothing in its answer"),
    Fault("204", _of(says(204, "")), rf"{HTTP} does not answer like Twilio \(nothing in its answer"),
    Fault("malformed", _of(bends.body(lambda told: told[:-1] + b"]")), r"does not answer like Twilio \(broken JSON\)"),
    Fault(
        "truncated-json",
        _of(bends.body(lambda told: told[: len(told) // 2])),
        r"does not answer like Twilio \(broken JSON\)",
    ),
    Fault("array", _of(says(200, "[1, 2, 3]")), r"does not answer like Twilio \(JSON, but no object\)"),
    Fault("no-list", _of(says(200, "{}")), r"The answer is not Twilio's: it has no list of rooms|a room without a SID"),
    Fault("brackets", _of(says(200, "[" * 100_000)), r"does not answer like Twilio \(broken JSON\)"),
    # Records that are not what they were.
    Fault("missing-fields", lambda: records(bends.lean), None, 0),
    Fault("additional-fields", lambda: records(bends.rich), None, 0),
    Fault("unknown-enum-values", lambda: records(bends.strange), None, 0),
    Fault("null-everywhere", lambda: records(bends.nulls), None, 0),
    Fault("null-in-the-sid-too", lambda: records(bends.all_nulls), r"without a SID"),
    Fault("other-types", lambda: records(bends.other_types), None, 0),
    # Pages.
    Fault("huge-page", _of(bends.rooms_list(lambda _, read: {"padding": "x" * 1_500_000, **read})), None, 0),
    Fault(
        "next-page-loops",
        lambda: next_page(lambda exchange: f"{exchange.middle.url}{exchange.request.target}"),
        r"does not come to an end with its rooms: its pages lead nowhere new",
    ),
    Fault(
        "next-page-elsewhere",
        lambda: next_page(lambda _: "https://video.twilio.com.evil.invalid/v1/Rooms?PageToken=1"),
        r"Twilio's answer points to https://video\.twilio\.com\.evil\.invalid, not to .*not sent there",
    ),
    Fault("next-page-is-no-address", lambda: next_page(lambda _: 7), r"the next page of its rooms has no address"),
    Fault("rooms-twice", bends.overlapping, None, 0),
    # The time.
    Fault("date-a-day-ahead", lambda: dated(off(86400)), JUMPED, 0, back_within=AFTER_A_JUMP),
    Fault("date-a-day-behind", lambda: dated(off(-86400)), JUMPED, 0, back_within=AFTER_A_JUMP),
    Fault("date-garbage", lambda: dated(lambda *_: "the day after tomorrow"), None, 0),
    Fault("date-absent", lambda: dated(lambda *_: None), None, 0),
    Fault("date-goes-back", lambda: dated(gone_back), JUMPED, 0, back_within=AFTER_A_JUMP),
    Fault("dates-of-two-servers", lambda: dated(by_turns(0, 6)), JUMPED, 0, back_within=AFTER_A_JUMP),
    Fault("dates-an-hour-apart", lambda: dated(by_turns(0, 3600)), JUMPED, 0, back_within=AFTER_A_JUMP),
)
