"""`/_sandbox/callbacks`: what was told to the customer's server, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.wire import json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.callbacks.log import CallbackLog
    from roomtui.sandbox.wire import Answer, Call, Handler


def callback_routes(prefix: str, log: CallbackLog) -> Mapping[str, Mapping[str, Handler]]:
    """The routes of the control plane that show the callbacks, and forget them."""

    def show(_call: Call, _parts: Sequence[str]) -> Answer:
        return json_answer(200, log.report())

    def clear(call: Call, parts: Sequence[str]) -> Answer:
        log.clear()
        return show(call, parts)

    return {f"{prefix}/callbacks": {"GET": show, "DELETE": clear}}
