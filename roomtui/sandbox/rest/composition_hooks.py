"""`/v1/CompositionHooks`: list, create, fetch, update, delete."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.compositions import settings_fields
from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.query import instant_of
from roomtui.sandbox.rest.render import iso
from roomtui.sandbox.rest.rooms import resource_path
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.composition_hook import HookFilter, hook_request
from roomtui.sandbox.world.composition_request import flag
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Call, Handler
    from roomtui.sandbox.world.composition_hook import CompositionHook, CompositionHooks

_LISTING = Listing(
    "composition_hooks",
    "/v1/CompositionHooks",
    ("Enabled", "DateCreatedAfter", "DateCreatedBefore", "FriendlyName"),
)


def hook_resource(hook: CompositionHook, origin: str) -> dict[str, object]:
    """The CompositionHook resource."""
    return {
        "account_sid": hook.account_sid,
        "friendly_name": hook.asked.friendly_name,
        "enabled": hook.asked.enabled,
        "date_created": iso(hook.date_created),
        "date_updated": iso(hook.date_updated),
        "sid": hook.sid,
        **settings_fields(hook.asked.settings),
        "url": f"{origin}/v1/CompositionHooks/{hook.sid}",
    }


class CompositionHooksResource:
    """The CompositionHooks resource of an account."""

    def __init__(self, hooks: CompositionHooks) -> None:
        self._hooks = hooks

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            "/v1/CompositionHooks": {"GET": self._list, "POST": self._create},
            "/v1/CompositionHooks/{HK}": {"GET": self._fetch, "POST": self._update, "DELETE": self._delete},
        }

    def _list(self, call: Call, _parts: Sequence[str]) -> Answer:
        wanted = HookFilter(
            enabled=flag(call.query, "Enabled", default=True) if "Enabled" in call.query else None,
            friendly_name=first_of(call.query.get("FriendlyName")),
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        return list_answer(
            call,
            _LISTING,
            partial(self._hooks.newest_first, wanted),
            lambda hook: json.dumps(hook_resource(hook, call.origin)),
        )

    def _create(self, call: Call, _parts: Sequence[str]) -> Answer:
        return json_answer(201, hook_resource(self._hooks.create(hook_request(call.form)), call.origin))

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, hook_resource(self._hook_at(call, parts), call.origin))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        """Whatever is not given gets its default value again."""
        hook = self._hook_at(call, parts)
        self._hooks.update(hook, hook_request(call.form))
        return json_answer(200, hook_resource(hook, call.origin))

    def _delete(self, call: Call, parts: Sequence[str]) -> Answer:
        self._hooks.delete(self._hook_at(call, parts))
        return Answer(204, "")

    def _hook_at(self, call: Call, parts: Sequence[str]) -> CompositionHook:
        hook = self._hooks.find(parts[0])
        if hook is None:
            raise not_found(resource_path(call))
        return hook
