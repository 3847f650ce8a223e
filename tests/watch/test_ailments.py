"""What is said while the list comes as it should, and something else does not."""

from __future__ import annotations

from roomtui.watch.ailments import Ailments
from roomtui.watch.budget import Attention

SEEN = Attention("RM1", frozenset({"RM1", "RM2", "RM3"}))


def test_nothing_is_said_while_all_is_well() -> None:
    assert Ailments(lambda: None).told(SEEN) is None


def test_rooms_that_cannot_be_read_are_counted_if_they_are_on_screen() -> None:
    ailments = Ailments(lambda: None)
    for sid in ("RM2", "RM3", "RM4"):
        ailments.failed(sid, "nothing answers")
    assert ailments.told(SEEN) == "Who is in 2 rooms here could not be read: nothing answers"
    ailments.well("RM2")
    assert ailments.told(SEEN) == "Who is in 1 room here could not be read: nothing answers"
    ailments.well("RM3")
    assert ailments.told(SEEN) is None


def test_of_the_selected_room_only_the_reason_is_said() -> None:
    ailments = Ailments(lambda: None)
    ailments.failed("RM1", "nothing answers")
    ailments.failed("RM2", "it is slow")
    assert ailments.told(SEEN) == "nothing answers"


def test_a_room_that_twilio_lists_and_does_not_know_is_told_the_second_time() -> None:
    ailments = Ailments(lambda: None)
    ailments.lost("RM2", "not found")
    assert ailments.told(SEEN) is None
    ailments.lost("RM2", "not found")
    assert ailments.told(SEEN) == "Who is in 1 room here could not be read: not found"
    ailments.well("RM2")
    ailments.lost("RM2", "not found")
    assert ailments.told(SEEN) is None


def test_a_time_that_has_jumped_is_told() -> None:
    said = Ailments(lambda: 3600.0).told(SEEN)
    assert said == "The time in Twilio's answers has jumped by 1h00: the countdowns may be wrong"
