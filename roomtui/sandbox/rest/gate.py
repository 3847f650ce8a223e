"""Who may ask, and how often: HTTP Basic authentication and the account's requests per second."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections import deque
from typing import TYPE_CHECKING

from roomtui.sandbox.wire import READS
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.sandbox.options import Credentials
    from roomtui.sandbox.world.account import Account

_SECOND = 1.0


class Gate:
    """Lets a request in, or refuses it with 20003 or 20429.

    Args:
        credentials: the account's token and its API key.
        account: whose limits hold; they may change at any time.
        ticks: real seconds, since Twilio's limits are per real second.
    """

    def __init__(self, credentials: Credentials, account: Account, ticks: Callable[[], float]) -> None:
        self._secrets = {
            credentials.account_sid: credentials.auth_token,
            credentials.api_key: credentials.api_secret,
        }
        self._account = account
        self._ticks = ticks
        self._reads: deque[float] = deque()
        self._writes: deque[float] = deque()

    def authenticate(self, authorization: str | None) -> None:
        """Account SID and auth token, or API key SID and secret (Video API, "Authentication").

        Raises:
            Refusal: 20003 for anything else.
        """
        user, password = _basic(authorization)
        expected = self._secrets.get(user, "")
        given_right = hmac.compare_digest(password.encode("utf-8", "replace"), expected.encode())
        if not given_right or not expected:
            raise Refusal(20003)

    def admit(self, method: str) -> None:
        """Count a request against the account's limit: 80 reads and 20 writes a second (Limits page).

        Raises:
            Refusal: 20429 beyond it. A refused request does not count.
        """
        is_read = method in READS
        window = self._reads if is_read else self._writes
        limit = self._account.read_limit if is_read else self._account.write_limit
        now = self._ticks()
        while window and now - window[0] >= _SECOND:
            window.popleft()
        if limit and len(window) >= limit:
            raise Refusal(20429)
        window.append(now)


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password
