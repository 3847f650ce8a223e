"""Random TwiML: most of it can be followed, some of it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

NUMBERS = ("1", "0", "-1", "5", "9" * 18, "9" * 400, "x", "", "1.5")
WORDS = ("daily", "red room", "a/b?c#d", "hello", "", "é\u202e", "a" * 200, "\x7f", "+14155550100")
VERBS = (
    "Connect", "Connect", "Connect", "Dial", "Say", "Pause", "Redirect", "Play", "Gather", "Hangup", "Reject",
    "Enqueue", "Record", "say", "Response", "x:y",
)  # fmt: skip
ATTRIBUTES = (
    "action",
    "method",
    "length",
    "loop",
    "timeout",
    "timeLimit",
    "callerId",
    "digits",
    "reason",
    "input",
    "xmlns",
)
BROKEN = (
    "", "<", "<Response>", "<Response/><Response/>", "<Response>&nope;</Response>", "<!DOCTYPE a><Response/>", "\x00",
    '<?xml version="1.0" encoding="UTF-16"?><Response/>', "<response/>", "<a>" * 3000, "\ufeff<Response/>",
    "<Response><Say>" + "<s>" * 30 + "</s>" * 30 + "</Say></Response>", "<Response" + " a='1'" * 2 + "/>",
)  # fmt: skip


def document(random: Random, servers: Sequence[str]) -> str:
    """One document."""
    if random.random() < 0.06:
        return random.choice(BROKEN)
    verbs = "".join(_verb(random, servers) for _ in range(random.choice((0, 1, 1, 2, 3, 5))))
    text = f"<Response>{verbs}</Response>"
    return text[: random.randrange(len(text))] if random.random() < 0.03 else text


def _verb(random: Random, servers: Sequence[str]) -> str:
    name = random.choice(VERBS)
    places = (*servers, "", "/more", "?a=b", "http://[", "ftp://x/", "#")
    words, place = escape(random.choice(WORDS)), escape(random.choice(places))
    content = {
        "Connect": random.choice((f"<Room>{words}</Room>", _room(random), _room(random), "<Stream/>", "")),
        "Dial": random.choice((words, "+14155550101", "<Number>+14155550102</Number>", "<Client>joe</Client><Sip/>")),
        "Gather": f"<Say>{words}</Say><Pause/>",
        "Play": place,
        "Redirect": place,
    }.get(name, words)
    attributes = ""
    if random.random() < 0.4:
        chosen = random.sample(ATTRIBUTES, k=random.choice((1, 2)))
        values = {"action": random.choice(places), "method": random.choice(("GET", "POST", "x"))}
        attributes = "".join(f" {each}={quoteattr(values.get(each) or random.choice(NUMBERS))}" for each in chosen)
    return f"<{name}{attributes}>{content}</{name}>"


def _room(random: Random) -> str:
    identity = random.choice(("", "", " participantIdentity='ann'", " participantIdentity='phone'", " x='1'"))
    return f"<Room{identity}>daily</Room>"
