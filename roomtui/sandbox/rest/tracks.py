"""What somebody publishes and receives: `PublishedTracks`, `SubscribedTracks` and `SubscribeRules` of a participant."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.paging import Listing, list_answer, page_of
from roomtui.sandbox.rest.participants import participant_at
from roomtui.sandbox.rest.render import iso, published_track_resource, subscribed_track_resource
from roomtui.sandbox.rest.rooms import resource_path
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import not_found
from roomtui.sandbox.world.subscriptions import require_subscriptions, set_subscribe_rules, subscriptions
from roomtui.sandbox.world.track_rules import parse_subscribe_rules
from roomtui.sandbox.world.tracks import published_track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Call, Handler
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.world import World


class TracksResource:
    """The tracks of participants over a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        participant = "/v1/Rooms/{NameOrSid}/Participants/{IdentityOrSid}"
        return {
            f"{participant}/PublishedTracks": {"GET": self._list_published},
            f"{participant}/PublishedTracks/{{TrackNameOrSid}}": {"GET": self._fetch_published},
            f"{participant}/SubscribedTracks": {"GET": self._list_subscribed},
            f"{participant}/SubscribedTracks/{{TrackSid}}": {"GET": self._fetch_subscribed},
            f"{participant}/SubscribeRules": {"GET": self._fetch_rules, "POST": self._set_rules},
        }

    def _list_published(self, call: Call, parts: Sequence[str]) -> Answer:
        participant = participant_at(self._world, call, parts)
        return list_answer(
            call,
            Listing("published_tracks", f"{_path(participant)}/PublishedTracks"),
            partial(page_of, list(participant.tracks.values())),
            lambda track: json.dumps(published_track_resource(participant, track, call.origin)),
        )

    def _fetch_published(self, call: Call, parts: Sequence[str]) -> Answer:
        participant = participant_at(self._world, call, parts)
        track = published_track(participant, parts[2])
        if track is None:
            raise not_found(resource_path(call))
        return json_answer(200, published_track_resource(participant, track, call.origin))

    def _list_subscribed(self, call: Call, parts: Sequence[str]) -> Answer:
        subscriber = self._subscriber(call, parts)
        return list_answer(
            call,
            Listing("subscribed_tracks", f"{_path(subscriber)}/SubscribedTracks"),
            partial(page_of, subscriptions(subscriber)),
            lambda subscription: json.dumps(subscribed_track_resource(subscription, call.origin)),
        )

    def _fetch_subscribed(self, call: Call, parts: Sequence[str]) -> Answer:
        """By the track's SID alone: two people may publish tracks of the same name."""
        for subscription in subscriptions(self._subscriber(call, parts)):
            if subscription.track.sid == parts[2]:
                return json_answer(200, subscribed_track_resource(subscription, call.origin))
        raise not_found(resource_path(call))

    def _fetch_rules(self, call: Call, parts: Sequence[str]) -> Answer:
        return _rules_answer(self._subscriber(call, parts))

    def _set_rules(self, call: Call, parts: Sequence[str]) -> Answer:
        """No `Rules` are as bad as an empty set of them."""
        subscriber = self._subscriber(call, parts)
        rules = parse_subscribe_rules(first_of(call.form.get("Rules")) or "")
        set_subscribe_rules(subscriber, rules, self._world.clock.second())
        return _rules_answer(subscriber)

    def _subscriber(self, call: Call, parts: Sequence[str]) -> Participant:
        participant = participant_at(self._world, call, parts)
        require_subscriptions(participant.room)
        return participant


def _path(participant: Participant) -> str:
    return f"/v1/Rooms/{participant.room.sid}/Participants/{participant.sid}"


def _rules_answer(participant: Participant) -> Answer:
    """The SubscribeRules resource. The rule everybody starts with has no dates (OpenAPI, `readEmpty`)."""
    since = iso(participant.subscribe_rules_set)
    return json_answer(
        200,
        {
            "participant_sid": participant.sid,
            "room_sid": participant.room.sid,
            "rules": participant.subscribe_rules,
            "date_created": since,
            "date_updated": since,
        },
    )
