"""The requests as commands for a shell: what the shell makes of them, whatever strangers called their rooms."""

from __future__ import annotations

import shlex
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api import curl
from roomtui.twilio_api.gateway import RoomQuery

API = "https://video.twilio.com"
SID = "RM" + "a" * 32


def words(command: str) -> list[str]:
    """The command's words as a shell sees them; it is one line of plain ASCII."""
    assert command.isascii()
    assert command.isprintable()
    return shlex.split(command)


def test_a_room_is_fetched_ended_and_its_people_are_listed_by_sid() -> None:
    who = "$TWILIO_API_KEY:$TWILIO_API_SECRET"
    assert words(curl.fetch_room(API, SID)) == ["curl", "-sS", "-u", who, f"{API}/v1/Rooms/{SID}"]
    assert words(curl.end_room(f"{API}/", SID)) == [
        *("curl", "-sS", "-X", "POST", "-u", who, f"{API}/v1/Rooms/{SID}"),
        *("--data-urlencode", "Status=completed"),
    ]
    people = words(curl.list_participants(API, SID, status="disconnected"))[-1]
    assert people == f"{API}/v1/Rooms/{SID}/Participants?Status=disconnected"


def test_the_secrets_are_variables_that_the_shell_fills_in() -> None:
    # Within double quotes: the shell puts the values there, and splits nothing.
    assert '-u "$TWILIO_API_KEY:$TWILIO_API_SECRET" ' in curl.fetch_room(API, SID)


def test_a_day_s_rooms_are_listed_by_status_and_time() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    url = words(curl.list_rooms(API, RoomQuery(status="completed", created_after=noon, page_size=100)))[-1]
    assert parse_qs(urlsplit(url).query) == {
        "Status": ["completed"],
        "DateCreatedAfter": ["2026-11-20T12:00:00Z"],
        "PageSize": ["100"],
    }
    assert words(curl.list_rooms(API, RoomQuery()))[-1] == f"{API}/v1/Rooms"


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_name_gets_out_of_its_quotes(name: str) -> None:
    *_, url = (found := words(curl.list_rooms(API, RoomQuery(unique_name=name))))
    assert len(found) == 5
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{API}/v1/Rooms"
    assert parse_qs(parts.query, keep_blank_values=True) == {"UniqueName": [name]}


@pytest.mark.parametrize("name", ["'; rm -rf ~ #", '"$(reboot)"', "`id`", "a\nb", "\x1b]52;c;aGk=\x07", "\ud800", "&&"])
def test_names_that_mean_harm_are_only_names(name: str) -> None:
    command = curl.list_rooms(API, RoomQuery(unique_name=name))
    assert not set(command) & set("\n`;\x1b\\")
    assert len(words(command)) == 5


def test_the_console_s_address_has_the_room_s_sid() -> None:
    assert curl.console_url(SID) == f"https://www.twilio.com/console/video/logs/rooms/{SID}"
