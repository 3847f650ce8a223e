"""`/v1/RecordingSettings/Default` and `/v1/CompositionSettings/Default`: fetch and set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.wire import json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Answer, Call, Handler
    from roomtui.sandbox.world.media_settings import MediaSettings


class MediaSettingsResource:
    """The settings of an account's recordings, or those of its compositions.

    Args:
        path: where they are.
        account_sid: whose they are.
        settings: the settings themselves.
    """

    def __init__(self, path: str, account_sid: str, settings: MediaSettings) -> None:
        self._path = path
        self._account_sid = account_sid
        self._settings = settings

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {self._path: {"GET": self._fetch, "POST": self._set}}

    def _fetch(self, call: Call, _parts: Sequence[str]) -> Answer:
        settings = self._settings
        resource = {
            "account_sid": self._account_sid,
            "friendly_name": settings.friendly_name,
            "aws_credentials_sid": settings.aws_credentials_sid,
            "aws_s3_url": settings.aws_s3_url,
            "aws_storage_enabled": settings.aws_storage_enabled,
            "encryption_key_sid": settings.encryption_key_sid,
            "encryption_enabled": settings.encryption_enabled,
            "url": f"{call.origin}{self._path}",
        }
        return json_answer(200, resource)

    def _set(self, call: Call, parts: Sequence[str]) -> Answer:
        """The OpenAPI document answers 200, not 201: there is always one such resource."""
        self._settings.change(call.form)
        return self._fetch(call, parts)
