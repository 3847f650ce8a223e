"""Two dashboards on one profile, one of which is killed, and somebody who follows their log."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.cli.program import PATIENCE, Program, until
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from tests.cli.program import RunningSandbox


def test_each_event_is_in_the_log_once_though_one_of_them_is_killed(
    known: dict[str, str], sandbox: RunningSandbox
) -> None:
    follower = Program(known).start("log", "--follow", "--json")
    told: list[dict[str, Any]] = []
    assert follower.stdout is not None
    reader = threading.Thread(target=lambda: told.extend(map(json.loads, follower.stdout or ())), daemon=True)
    reader.start()

    def has(event: str, name: str) -> bool:
        return any(each.get("event") == event and each.get("room_name") == name for each in list(told))

    with Terminal("--refresh", "0.5", environ=known) as first:
        first.shows("0 live", "q Quit")
        with Terminal("--refresh", "0.5", environ=known) as second:
            second.shows("0 live", "q Quit")
            sandbox.create("before")
            sandbox.join("before", "alice")
            until(lambda: has("participant-joined", "before"))
            first.signal(signal.SIGKILL)
            first.ends()
            sandbox.create("after")
            second.shows("after", "2 live")
            until(lambda: has("room-opened", "after"))
            # What it does itself stands there too.
            second.type("/name:after\re")
            second.shows("End this room for everybody?")
            second.type("\t\r")
            second.shows("ended by us")
            until(lambda: has("room-ended", "after"))
            second.type("q")
            assert second.ends() == 0
    until(lambda: any(each.get("event") == "watching-ended" for each in list(told)))
    follower.send_signal(signal.SIGINT)
    assert follower.wait(PATIENCE) == 130
    reader.join(PATIENCE)
    times = Counter((each["event"], each["room_name"]) for each in told if each.get("room_sid") and "event" in each)
    assert times == {
        ("room-opened", "before"): 1,
        ("participant-joined", "before"): 1,
        ("room-opened", "after"): 1,
        ("room-ended", "after"): 1,
    }
    assert [each["phase"] for each in told if each["kind"] == "audit"] == ["before", "after"]
    for stream in (follower.stdin, follower.stdout, follower.stderr):
        assert stream is not None
        stream.close()
