"""What can be copied of a room, and how it reads."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.browser import Browser
from roomtui.tui.copying import raw_json, things
from tests.tui.scene import HOSTILE, NOW, ago, live, person, room

API = "https://video.twilio.com"
ROOM = room(3, "Board & Co", ago(minutes=30), status_callback=Untrusted("https://acme.example/hook"))
BUSY = live(
    ROOM, [person(ROOM.sid, "alice", ago(minutes=5)), person(ROOM.sid, "+16505550123-634a594e", ago(minutes=4))]
)


def copied(name: str, *, may_change: bool = True) -> list[str]:
    return [each.text for each in things(BUSY, NOW, API, may_change=may_change) if each.name == name]


def test_every_field_that_twilio_tells_can_be_copied_and_everybody_s_identity_and_sid() -> None:
    assert copied("SID") == [ROOM.sid]
    assert copied("name") == ["Board & Co"]
    assert copied("max_participant_duration") == ["14400"]
    assert copied("audio_only") == ["false"]
    assert copied("video_codecs") == ["VP8, H264"]
    assert copied("status_callback") == ["https://acme.example/hook"]
    assert copied("links: participants") == [f"{API}/v1/Rooms/{ROOM.sid}/Participants"]
    assert copied("identity") == ["alice", "+16505550123-634a594e"]
    assert copied("SID of alice")[0].startswith("PA")
    assert copied("end_time") == []


def test_the_request_that_ends_the_room_is_told_only_where_it_may_be_ended() -> None:
    assert len(copied("curl: end it")) == 1
    assert copied("curl: end it", may_change=False) == []


def test_what_strangers_wrote_is_pasted_as_one_harmless_line() -> None:
    for number, name in enumerate(HOSTILE, start=60):
        entry = live(room(number, name, ago(minutes=1)), [person("RM", name, ago(minutes=1))])
        for each in things(entry, NOW, API, may_change=True):
            text = json.loads(each.text) and each.text.replace("\n", "") if each.name == "JSON" else each.text
            assert text.isprintable(), each.name
            if each.name.startswith("curl"):
                assert shlex.split(each.text)[0] == "curl"


def test_the_json_is_that_of_show_and_masked_where_phone_numbers_are() -> None:
    told = json.loads(raw_json(ROOM, BUSY.roster, NOW, hide=False))
    assert (told["unique_name"], told["participants"]["connected"]) == ("Board & Co", 2)
    assert [each["identity"] for each in told["roster"]] == ["alice", "+16505550123-634a594e"]
    masked = json.loads(raw_json(ROOM, BUSY.roster, NOW, hide=True))
    assert masked["roster"][1]["identity"] == "+1650555****-634a594e"
    assert masked["sid"] == ROOM.sid


def test_the_json_of_an_ended_room_says_why_it_ended_as_the_screen_does() -> None:
    over = replace(ROOM, status="completed", end_time=ago(minutes=1))
    gone = EndedRoom(over, BUSY.roster, Ending(EndingReason.ENDED_BY_US), NOW)
    (told,) = [json.loads(each.text) for each in things(gone, NOW, API, may_change=True) if each.name == "JSON"]
    assert told["ending"] == {"reason": "ended-by-us", "certain": True}


async def test_a_page_is_opened_only_where_it_would_appear_before_the_person() -> None:
    ran: list[tuple[str, ...]] = []

    async def run(command: object, text: str) -> bool:
        assert text == ""
        ran.append(tuple(command))  # type: ignore[arg-type] # a sequence of words
        return True

    def browser(platform: str = "linux", *, has_program: bool = True, **environ: str) -> Browser:
        return Browser(
            environ=environ, platform=platform, run=run, which=lambda name: f"/usr/bin/{name}" if has_program else None
        )

    assert await browser(DISPLAY=":0").open("https://x")
    assert await browser("darwin").open("https://x")
    assert ran == [("xdg-open", "https://x"), ("open", "https://x")]
    assert not await browser(DISPLAY=":0", SSH_TTY="/dev/pts/1").open("https://x")
    assert not await browser("darwin", SSH_CONNECTION="1 2 3 4").open("https://x")
    assert not await browser().open("https://x")
    assert not await browser(WAYLAND_DISPLAY="w", has_program=False).open("https://x")
    assert len(ran) == 2
