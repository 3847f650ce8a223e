"""Follows TwiML, verb by verb, for one call.

Verbs that take time wait on the virtual clock; documents are fetched beside it. Rules: the pages of the verbs, and
for `<Connect><Room>` "Add Programmable Voice Participants to Video Rooms".
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.courier import CourierError
from roomtui.sandbox.voice import verbs
from roomtui.sandbox.voice.call import CallStatus, Direction, Target
from roomtui.sandbox.voice.messages import request_parameters
from roomtui.sandbox.voice.schema import NOUNS
from roomtui.sandbox.voice.twiml import Document, Element, TwimlError, parse
from roomtui.sandbox.voice.urls import resolve
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from roomtui.sandbox.voice.call import Instructions, PhoneCall
    from roomtui.sandbox.voice.errands import Outcome
    from roomtui.sandbox.voice.switchboard import Switchboard
    from roomtui.sandbox.world.participant import Participant

MOST_DOCUMENTS = 50
"""Documents fetched in one virtual second: a loop of redirects that takes no time must end somewhere."""

HOME_REGION = "us1"
"""`<Room>` is not available in any other region (TwiML Voice: `<Room>`)."""

_XML = frozenset({"text/xml", "application/xml", "text/html"})
_APOLOGY_SECONDS = 5.0
_LONGEST_WAIT = 86_400.0


class Interpreter:
    """What one call is doing now, and what it does next.

    Args:
        call: the call.
        board: what calls are made with.
    """

    def __init__(self, call: PhoneCall, board: Switchboard) -> None:
        self._call = call
        self._board = board
        self._verbs: deque[Element] = deque()
        self._base: str | None = None
        self._fallback: Target | None = None
        self._falling_back = False
        self._errand = 0
        self._fetches: deque[datetime] = deque(maxlen=MOST_DOCUMENTS)
        self._is_fetching = False
        self._verb = Element("Response")
        self._stay: Participant | None = None
        self._child: PhoneCall | None = None
        self._handlers: Mapping[str, Callable[[Element], bool]] = {
            "Connect": self._connect,
            "Dial": self._dial,
            "Gather": self._gather,
            "Hangup": self._hang_up,
            "Pause": self._pause,
            "Play": self._play,
            "Redirect": self._redirect,
            "Reject": self._reject,
            "Say": self._say,
        }

    @property
    def is_fetching(self) -> bool:
        """Whether it waits for the customer's server."""
        return self._is_fetching

    @property
    def doing(self) -> str | None:
        """The verb under way, if there is one."""
        return self._verb.name if self._call.is_live and self._verb.name != "Response" else None

    def begin(self, instructions: Instructions) -> None:
        """Do this from now on, whatever was done before."""
        self.halt()
        self._fallback, self._falling_back = instructions.fallback, False
        self._verb = Element("Response")
        if instructions.target is not None:
            self._fetch(instructions.target)
        else:
            self._read(instructions.twiml or "", None)

    def halt(self) -> None:
        """Stop what is going on: out of the room, and no more talk with the dialled one."""
        self._errand += 1
        self._is_fetching = False
        self._verbs.clear()
        self._call.stop_timer("verb")
        stay, self._stay = self._stay, None
        if stay is not None:
            self._board.leave_room(stay)
        child, self._child = self._child, None
        if child is not None:
            self._board.hang_up(child)

    def left_room(self, participant: Participant) -> None:
        """The stay in the room is over, for whatever reason: `action`, or the next verb."""
        if self._stay is not participant:
            return
        self._stay = None
        departure = "" if participant.departure is None else participant.departure.value
        self._board.step(self._call, "left-room", departure)
        self._after(self._verb, {})

    def child_ended(self, child: PhoneCall) -> None:
        """The dialled call is over: `action`, or the next verb (TwiML Voice: `<Dial>`, "action")."""
        if self._child is not child:
            return
        self._child = None
        bridged = child.start_time is not None and child.status in {CallStatus.COMPLETED, CallStatus.IN_PROGRESS}
        self._after(
            self._verb,
            {
                "DialCallStatus": "completed" if bridged else child.status.value,
                "DialCallSid": child.sid,
                "DialCallDuration": str(child.duration or 0),
                "DialBridged": "true" if bridged else "false",
            },
        )

    # Documents

    def _fetch(self, target: Target, extra: Mapping[str, str] | None = None) -> None:
        now = self._board.clock.now()
        if len(self._fetches) == MOST_DOCUMENTS and now - self._fetches[0] < timedelta(seconds=1):
            self._note(12400, f"More than {MOST_DOCUMENTS} documents were requested in one second: a redirect loop")
            self._apologise()
            return
        self._fetches.append(now)
        self._errand += 1
        self._is_fetching = True
        self._board.step(self._call, "fetch", f"{target.method} {target.url}")
        self._board.errand(
            target, {**request_parameters(self._call), **(extra or {})}, partial(self._arrived, self._errand, target)
        )

    def _arrived(self, errand: int, target: Target, outcome: Outcome) -> None:
        if errand != self._errand or not self._call.is_live:
            return  # the call has been told to do something else meanwhile
        self._is_fetching = False
        if isinstance(outcome, CourierError):
            self._fail(outcome.code, outcome.message, target.url)
        elif not 200 <= outcome.status < 300:
            self._fail(11200, f"Got HTTP {outcome.status} response to {target.url}", target.url)
        elif outcome.content_type in _XML:
            self._read(outcome.text, outcome.url)
        elif outcome.content_type.startswith("audio/"):
            self._follow(Document([Element("Play", text=outcome.url)], []), outcome.url)
        elif outcome.content_type == "text/plain":  # "Twilio will read the content of the text out loud"
            self._follow(Document([Element("Say", text=outcome.text)], []), outcome.url)
        else:
            self._fail(12300, f"Invalid Content-Type: {outcome.content_type or 'none'} from {target.url}", target.url)

    def _read(self, text: str, base: str | None) -> None:
        try:
            document = parse(text)
        except TwimlError as error:
            self._fail(error.code, error.message, base or "")
            return
        self._follow(document, base)

    def _follow(self, document: Document, base: str | None) -> None:
        for warning in document.warnings:
            self._note(12200, warning)
        self._falling_back = False
        self._base = base
        self._verbs = deque(document.verbs)
        self._run()

    def _fail(self, code: int, message: str, url: str) -> None:
        """An error goes to the fallback URL; without one, or on its way, the call ends with an apology."""
        self._note(code, message)
        if self._fallback is None or self._falling_back:
            self._apologise()
            return
        self._falling_back = True
        self._fetch(self._fallback, {"ErrorCode": str(code), "ErrorUrl": url})

    def _apologise(self) -> None:
        """The call ends with "We are sorry, an application error has occurred. Goodbye."."""
        self._answer()
        self._board.step(self._call, "apology")
        self._verb = Element("Response")
        self._verbs.clear()
        self._wait(_APOLOGY_SECONDS)

    # Verbs: each returns whether it takes time

    def _run(self) -> None:
        """Carry out verbs until one takes time, or there are no more: then the call is over."""
        while self._call.is_live:
            if not self._verbs:
                self._hang_up(self._verb)
                return
            verb = self._verbs.popleft()
            if verb.name not in NOUNS["Response"]:
                continue  # the schema has warned of it
            handler = self._handlers.get(verb.name)
            if handler is None:
                self._note(12200, f"<{verb.name}> is not carried out by the sandbox (line {verb.line})")
                continue
            is_first, self._verb = self._verb.name == "Response", verb
            if verb.name == "Reject" and is_first and self._call.status is CallStatus.RINGING:
                self._turn_away(verb)
                return
            if verb.name != "Pause":  # a pause before anything else delays the answer (TwiML Voice: `<Pause>`)
                self._answer()
            if handler(verb):
                return

    def _answer(self) -> None:
        if self._call.direction is Direction.INBOUND and self._call.status is CallStatus.RINGING:
            self._board.answer(self._call)

    def _wait(self, seconds: float) -> bool:
        """Go on after some virtual seconds."""
        due = self._board.clock.now() + timedelta(seconds=min(seconds, _LONGEST_WAIT))
        self._call.set_timer("verb", self._board.clock.at(due, self._run))
        return True

    def _after(self, verb: Element, extra: Mapping[str, str]) -> None:
        """A verb with an `action` asks that for what to do; any other gives way to the next."""
        action = verb.attributes.get("action")
        if not action:
            self._run()
            return
        self._verbs.clear()
        self._ask(action, verb, extra)

    def _ask(self, url: str, verb: Element, extra: Mapping[str, str]) -> None:
        whole = resolve(self._base, url)
        if whole is None:
            self._fail(11100, f"Invalid URL format: {url[:200]!r} in <{verb.name}>", url)
            return
        method = verb.attributes.get("method", "POST").upper()
        if method not in {"GET", "POST"}:
            self._note(verbs.INVALID_METHOD.get(verb.name, 12200), f"{verb.name}: Invalid method value")
            method = "POST"
        self._fetch(Target(whole, method), extra)

    def _connect(self, verb: Element) -> bool:
        noun = next((child for child in verb.children if child.name in NOUNS["Connect"]), None)
        if noun is None or noun.name != "Room":
            what = "nothing" if noun is None else f"<{noun.name}>"
            self._note(12200, f"<Connect> has {what} that the sandbox can connect to (line {verb.line})")
            return False
        if self._board.world.account.region != HOME_REGION:
            region = self._board.world.account.region.upper()
            self._note(12200, f"<Room> is not available in the region {region}, only in US1")
            return False
        try:
            self._stay = self._board.enter_room(
                self._call, noun.content, noun.attributes.get("participantIdentity") or None
            )
        except Refusal as refusal:  # "the call will move to the next TwiML instruction"
            self._note(refusal.code, f"{refusal.message}: {noun.content[:128]!r}")
            return False
        self._board.step(self._call, "joined-room", noun.content)
        return True

    def _dial(self, verb: Element) -> bool:
        party = verbs.dialled_party(verb, self._call)
        if isinstance(party, verbs.Problem):
            self._note(party.code, party.message)
            if not verb.attributes.get("action"):
                return False
            self._after(verb, {"DialCallStatus": "failed", "DialCallDuration": "0", "DialBridged": "false"})
            return True
        for problem in party.warnings:
            self._note(problem.code, problem.message)
        self._board.step(self._call, "dial", party.called)
        self._child = self._board.dial(self._call, party)
        return True

    def _gather(self, verb: Element) -> bool:
        """Nobody here presses a key or says a word: what is nested is heard, and then the time is up."""
        self._board.step(self._call, "gather", "nobody answers")
        nested = [child for child in verb.children if child.name in NOUNS["Gather"]]
        whole = verbs.whole_number(verb, "timeout", usual=5)
        nested.append(Element("Pause", {"length": str(5 if whole is None else max(whole, 1))}, line=verb.line))
        if verb.attributes.get("actionOnEmptyResult", "").lower() == "true":
            method = verb.attributes.get("method", "POST")
            nested.append(Element("Redirect", {"method": method}, text=verb.attributes.get("action", "")))
        self._verbs.extendleft(reversed(nested))
        return False

    def _hang_up(self, _verb: Element) -> bool:
        self._answer()
        self._board.step(self._call, "hang-up")
        self._board.end(self._call, CallStatus.COMPLETED)
        return True

    def _reject(self, verb: Element) -> bool:
        """Anywhere but at the start it can only hang up."""
        return self._hang_up(verb)

    def _turn_away(self, verb: Element) -> None:
        """The call is not answered: its status becomes `busy` or `no-answer` (TwiML Voice: `<Reject>`)."""
        is_busy = verb.attributes.get("reason", "rejected") == "busy"
        self._board.step(self._call, "reject", "busy" if is_busy else "rejected")
        self._board.end(self._call, CallStatus.BUSY if is_busy else CallStatus.NO_ANSWER)

    def _pause(self, verb: Element) -> bool:
        seconds = verbs.whole_number(verb, "length", usual=1)
        if seconds is None or seconds < 1:
            self._note(13910, "Pause: Invalid length value")
            seconds = 1
        self._board.step(self._call, "pause", f"{seconds} s")
        return self._wait(seconds)

    def _play(self, verb: Element) -> bool:
        digits = verb.attributes.get("digits")
        seconds = verbs.PLAY_SECONDS if digits is None else len(digits) / 2
        if digits is None and resolve(self._base, verb.content) is None:
            self._note(11100, f"Invalid URL format: {verb.content[:200]!r} in <Play>")
            return False
        return self._repeat(verb, "play", verb.content if digits is None else digits, seconds, 13410)

    def _say(self, verb: Element) -> bool:
        words = verbs.spoken_text(verb)
        if not words:
            self._note(13520, "Say: Invalid text")
            return False
        return self._repeat(verb, "say", words, max(len(words) / verbs.LETTERS_PER_SECOND, 1.0), 13510)

    def _repeat(self, verb: Element, what: str, detail: str, seconds: float, bad_loop: int) -> bool:
        times = verbs.whole_number(verb, "loop", usual=1)
        if times is None or times < 0:
            self._note(bad_loop, f"{verb.name}: Invalid loop value")
            times = 1
        self._board.step(self._call, what, detail[:200])
        return self._wait(seconds * times if times else _LONGEST_WAIT)  # 0: until somebody hangs up

    def _redirect(self, verb: Element) -> bool:
        self._verbs.clear()
        self._ask(verb.content, verb, {})
        return True

    def _note(self, code: int, message: str) -> None:
        self._board.note(self._call, code, message)
