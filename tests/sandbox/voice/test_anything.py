"""Whatever TwiML a call is given, it comes to an end, and calls and participants agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.sandbox.callbacks.courier import CourierError, Reply
from roomtui.sandbox.voice.call import CallStatus, Instructions
from tests.sandbox.voice.office import ALICE, CAROL, URL, Office, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.sandbox.world.room import Room

WORDS = st.text(alphabet="ab <&\"'\u202e\x1b\ud800é+1", max_size=12)
PLACES = st.sampled_from([URL, "/more", "", "http://[", "ftp://x/", "?a=b"])
NUMBERS = st.sampled_from(["1", "0", "-1", "5", "999999999999999999", "x", ""])


def _escaped(text: str) -> str:
    for sign, name in (("&", "amp"), ("<", "lt"), ('"', "quot")):
        text = text.replace(sign, f"&{name};")
    return text


@st.composite
def verb(draw: st.DrawFn) -> str:
    """A verb, valid or nearly."""
    number, place = draw(NUMBERS), _escaped(draw(PLACES))
    words = _escaped(draw(WORDS))
    identity = draw(st.sampled_from(["", " participantIdentity='x'", " participantIdentity=''", " identity='x'"]))
    return draw(
        st.sampled_from(
            [
                f"<Connect><Room{identity}>daily</Room></Connect>",
                f'<Connect action="{place}" method="GET"><Room{identity}>daily</Room></Connect>',
                f"<Connect><Room>{words}</Room></Connect>",
                f"<Say loop='{number}'>{words}</Say>",
                f"<Pause length='{number}'/>",
                f"<Redirect>{place}</Redirect>",
                f"<Redirect method='{number}'>{place}</Redirect>",
                "<Hangup/>",
                "<Reject/>",
                f"<Play loop='{number}'>{place}</Play>",
                f"<Dial timeout='{number}' action=\"{place}\">{ALICE}</Dial>",
                f"<Dial><Number>{CAROL}</Number></Dial>",
                f"<Dial>{words}</Dial>",
                f"<Gather timeout='{number}' actionOnEmptyResult='true' action=\"{place}\"><Say>x</Say></Gather>",
                f"<Enqueue>{words}</Enqueue>",
                f"<{number}>",
                words,
            ]
        )
    )


DOCUMENTS = (
    st.lists(verb(), max_size=6).map(lambda verbs: response(*verbs))
    | st.lists(verb(), max_size=3).map(lambda verbs: response(*verbs).replace("UTF-8", "UTF\u20108"))
    | st.lists(verb(), min_size=1, max_size=2).map(lambda verbs: response(*verbs * 3000))
    | st.text(max_size=60)
)
OUTCOMES = st.builds(
    lambda text, kind, status: Reply(status, kind, text, URL),
    DOCUMENTS,
    st.sampled_from(["text/xml", "text/html", "text/plain", "audio/mpeg", "", "application/json"]),
    st.sampled_from([200, 200, 200, 204, 404, 500]),
) | st.just(CourierError(11205, "down"))


def _kick(office: Office) -> None:
    for room in _rooms(office):
        for participant in list(room.present.values())[:1]:
            office.world.remove(participant)


def _end_room(office: Office) -> None:
    for room in _rooms(office):
        office.world.complete_room(room)


def _hang_up(office: Office) -> None:
    for call in office.board.calls:
        if call.status is CallStatus.IN_PROGRESS:
            office.board.put_down(call)


def _change_pace(office: Office) -> None:
    office.is_slow = not office.is_slow


HAPPENINGS: dict[str, Callable[[Office], None]] = {
    "kick": _kick,
    "end room": _end_room,
    "advance": lambda office: office.advance(7),
    "change pace": _change_pace,
    "deliver": Office.deliver,
    "hang up": _hang_up,
}


@settings(max_examples=150)
@given(
    documents=st.lists(DOCUMENTS, min_size=1, max_size=3),
    page=OUTCOMES,
    more=OUTCOMES,
    happenings=st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=6),
)
def test_every_call_ends_and_leaves_nobody_behind(
    documents: list[str], page: Reply | CourierError, more: Reply | CourierError, happenings: list[str]
) -> None:
    office = Office(pages={URL: page, "http://127.0.0.1:9999/more": more})
    office.open_room(minutes=60)
    for document in documents:
        office.receive()  # an empty document, for the sake of order
        call = office.place()
        call.instructions = Instructions(twiml=document)
    for happening in happenings:
        HAPPENINGS[happening](office)
        _check(office)
    office.is_slow = False
    office.advance(20_000)
    _check(office)
    assert [each.status.value for each in office.board.calls if each.is_live] == []
    assert all(room.present == {} for room in _rooms(office))


def _rooms(office: Office) -> list[Room]:
    daily = office.world.rooms.live_named("daily")
    return [] if daily is None else [daily]


def _check(office: Office) -> None:
    """Whoever is in the room by phone has a live call, and a call that is over has no timers."""
    sids = {each.participant_sid for each in office.board.calls if each.is_live}
    for room in _rooms(office):
        assert {each.sid for each in room.present.values()} <= sids
    for call in office.board.calls:
        assert call.is_live or not call.timers
