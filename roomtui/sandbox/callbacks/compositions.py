"""Status callbacks of compositions and of their hooks (Status Callbacks, "Compositions Status Callbacks")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.log import Callback
from roomtui.sandbox.callbacks.rooms import timestamp
from roomtui.sandbox.world.compositions import CompositionEventKind

if TYPE_CHECKING:
    from roomtui.sandbox.callbacks.deliveries import Deliveries
    from roomtui.sandbox.world.account import Account
    from roomtui.sandbox.world.compositions import CompositionEvent


class CompositionCallbacks:
    """Listens to compositions, and makes a callback of every event that has somewhere to tell it to.

    That is the composition's own `StatusCallback`, which for what a hook makes is the hook's.
    """

    def __init__(self, account: Account, deliveries: Deliveries) -> None:
        self._account = account
        self._deliveries = deliveries

    def tell(self, event: CompositionEvent) -> None:
        """Something has just happened: everything about it is read now, because it goes on changing."""
        url, method = event.settings.status_callback, event.settings.status_callback_method
        if url is None:
            return
        line = event.composition.sid if event.composition is not None else event.room_sid
        parameters = event_parameters(event, self._account.sid)
        self._deliveries.add(Callback(line, event.kind.value, method, url, parameters))


def event_parameters(event: CompositionEvent, account_sid: str) -> dict[str, str]:
    """The parameters of an event's callback. What has no value is left out."""
    parameters = {
        "AccountSid": account_sid,
        "RoomSid": event.room_sid,
        "StatusCallbackEvent": event.kind.value,
        "Timestamp": timestamp(event.at),
    }
    if event.hook is not None:
        sid, name = event.hook
        parameters.update(HookSid=sid, HookUri=f"/v1/CompositionHooks/{sid}", HookFriendlyName=name)
    composition = event.composition
    if composition is not None:
        parameters.update(CompositionSid=composition.sid, CompositionUri=composition.path)
        if event.kind is CompositionEventKind.AVAILABLE:
            parameters.update(
                MediaUri=composition.media_path, Duration=str(composition.duration), Size=str(composition.size)
            )
    told = {
        "PercentageDone": event.percentage_done,
        "SecondsRemaining": event.seconds_remaining,
        "FailedOperation": event.failed_operation,
        "ErrorMessage": event.error_message,
    }
    return {**parameters, **{name: str(value) for name, value in told.items() if value is not None}}
