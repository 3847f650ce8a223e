"""Who receives what: the tracks of the others that a participant's subscribe rules let in (Track Subscriptions page).

Nothing of it is kept: rules are "enforced declaratively", so the answer follows from what is published at the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.world.participant import require_present
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.track_rules import selects

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.sandbox.world.participant import Participant, Track
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.track_rules import Rule


@dataclass(frozen=True, slots=True)
class Subscription:
    """One participant receives one track of another."""

    subscriber: Participant
    publisher: Participant
    track: Track

    @property
    def number(self) -> int:
        """The track's: the order of lists and pages."""
        return self.track.number

    @property
    def date_created(self) -> datetime:
        """When the later of the two things that it takes has happened: the join and the publication."""
        return max(self.subscriber.start_time, self.track.date_created)

    @property
    def date_updated(self) -> datetime:
        """When it began or, if that was later, the track was muted or unmuted."""
        return max(self.date_created, self.track.date_updated)


def subscriptions(subscriber: Participant) -> list[Subscription]:
    """What a participant receives now, in the order of publication. A phone can receive nothing but sound."""
    if not subscriber.is_present:
        return []
    found = [
        Subscription(subscriber, publisher, track)
        for publisher in subscriber.room.present.values()
        if publisher is not subscriber
        for track in publisher.tracks.values()
        if selects(subscriber.subscribe_rules, publisher, track) and (subscriber.phone is None or track.kind == "audio")
    ]
    return sorted(found, key=lambda each: each.number)


def set_subscribe_rules(participant: Participant, rules: Sequence[Rule], now: datetime) -> None:
    """Replace a participant's rules: nothing of the old ones remains.

    Raises:
        Refusal: 53117 if rooms of the type have no subscriptions, 53204 if they have left.
    """
    require_subscriptions(participant.room)
    require_present(participant)
    participant.subscribe_rules = tuple(rules)
    participant.subscribe_rules_set = now


def require_subscriptions(room: Room) -> None:
    """Refuse what has to do with subscriptions where the room's type has none.

    Raises:
        Refusal: 53117.
    """
    if not room.settings.type.has_media_server:
        raise Refusal(53117)
