"""What can go wrong between us and Twilio: one small tree, each error with a sentence for people.

- `TwilioError`: anything below; `sentence` is safe to show and holds no secret

  - `InvalidApiUrl`: the configured address cannot be one; raised before anything is sent
  - `Unsendable`: what was asked cannot be put into a request; raised before anything is sent
  - `Unreachable`: no answer: name not found, refused, reset, time-out, proxy, TLS
  - `NotTwilio`: an answer that is not Twilio's: HTML, broken JSON, wrong shape, a redirect
  - `ForeignHost`: Twilio's answer points to another host; credentials are not sent there
  - `Refused`: Twilio's own refusal: `status`, `code`, `message`, `request_id`

    - `CredentialsRefused`: 401, 403
    - `NotFound`: 404
    - `Throttled`: 429, with `retry_after` seconds where sent
    - `Broken`: 5xx
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roomtui.rooms.untrusted import Untrusted


class TwilioError(Exception):
    """No good answer from Twilio.

    Attributes:
        sentence: what is wrong and, where it helps, what to do; one safe line.
        unsent: whether it is certain that nothing was sent.
    """

    unsent = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidApiUrl(TwilioError, ValueError):
    """The configured API address cannot be used: not a web address, or one that would show the credentials."""

    unsent = True


class Unsendable(TwilioError, ValueError):
    """What was asked cannot be put into a request: too long, or no text. Nothing was sent."""

    unsent = True


class Unreachable(TwilioError):
    """No answer came."""


class NotTwilio(TwilioError):
    """What answered does not speak Twilio's language."""


class ForeignHost(TwilioError):
    """An address on another host than the configured API's; the credentials stay here."""


class Refused(TwilioError):
    """Twilio answered, and the answer is no.

    Attributes:
        status: the HTTP status.
        code: Twilio's error code (for example 53112), or None where the answer had none.
        message: Twilio's words.
        request_id: the `Twilio-Request-Id` to give to Twilio's support, or None.
        retry_after: seconds that Twilio asked us to wait, or None.
    """

    def __init__(
        self,
        *,
        status: int,
        code: int | None,
        message: Untrusted,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        number = f"error {code}" if code is not None else f"HTTP {status}"
        super().__init__(self._sentence(number))

    def _sentence(self, number: str) -> str:
        return f"Twilio refused ({number}): {self.message.safe or 'no reason given'}"


class CredentialsRefused(Refused):
    """The account, key or secret is wrong, revoked, or not allowed to do this."""

    def _sentence(self, number: str) -> str:
        words = self.message.safe or "no reason given"
        return f"Twilio refused the credentials ({number}): {words}. Check the account SID and the token or API key."


class NotFound(Refused):
    """No such room, participant or call; for a unique name: none in progress.

    Just after an end, Twilio may say so once.
    """

    def _sentence(self, number: str) -> str:
        return f"Twilio does not know it ({number}): {self.message.safe or 'no reason given'}"


class Throttled(Refused):
    """Too many requests for this account; the request was not carried out and may be sent again."""

    def _sentence(self, number: str) -> str:
        return f"Twilio limits this account's requests ({number})"


class Broken(Refused):
    """Twilio failed on its own side."""

    def _sentence(self, number: str) -> str:
        return f"Twilio has trouble of its own ({number}): {self.message.safe or 'no reason given'}"
