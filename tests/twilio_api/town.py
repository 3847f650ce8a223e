"""A sandbox, a gateway to it, and what people in its rooms do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.gateway import RoomQuery

if TYPE_CHECKING:
    from roomtui.rooms.model import Room
    from roomtui.sandbox.server import Sandbox
    from roomtui.twilio_api.sdk import SdkGateway
    from roomtui.twilio_api.transport import Transport


class Town(NamedTuple):
    """A sandbox, and the gateway to it."""

    sandbox: Sandbox
    transport: Transport
    gateway: SdkGateway

    async def post(self, path: str, **form: str) -> dict[str, Any]:
        known = self.sandbox.credentials
        auth = (known.account_sid, known.auth_token)
        answer = await self.transport.request("POST", f"{self.sandbox.url}{path}", data=form, auth=auth)
        assert answer.ok, answer.text
        return dict(json.loads(answer.text))

    async def create(self, **form: str) -> str:
        return str((await self.post("/v1/Rooms", **form))["sid"])

    async def join(self, room: str, identity: str) -> str:
        return str((await self.post("/_sandbox/participants", Room=room, Identity=identity))["sid"])

    async def fault(self, kind: str, **form: str) -> None:
        await self.post("/_sandbox/faults", Kind=kind, Path="/v1/*", **form)

    async def rooms(self, **query: Any) -> list[Room]:  # the fields of a query
        return [room async for page in self.gateway.room_pages(RoomQuery(**query)) for room in page]

    async def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        await self.post("/_sandbox/clock", Advance=str(seconds))


def key_of(sandbox: Sandbox) -> Credentials:
    known = sandbox.credentials
    return Credentials(known.api_key, known.api_secret, known.account_sid)
