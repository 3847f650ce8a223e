"""How fast reads may go out: asked of whoever keeps the budget."""

from __future__ import annotations

from typing import Protocol


class Pace(Protocol):
    """Decides when the next read goes out. The transport asks before each one, retries and pages included."""

    async def admit(self, *, urgent: bool) -> None:
        """Return when one read may go out; it does as soon as there is a connection for it.

        Args:
            urgent: whether a person waits for it.
        """
        ...

    def sent(self) -> None:
        """One of those admitted goes out at this moment, or will not go out at all: told once for each."""
        ...

    def over(self) -> None:
        """One of those sent has been answered, or nobody waits for its answer any more: told once for each."""
        ...

    def throttled(self, retry_after: float | None) -> None:
        """Twilio refused a read with 429, and asked for so many seconds of peace where it said so."""
        ...

    def served(self) -> None:
        """Twilio answered a read with anything but 429."""
        ...


class Unpaced:
    """No limit: for a command that asks once or twice."""

    async def admit(self, *, urgent: bool) -> None:
        """Let it go at once."""

    def sent(self) -> None:
        """Nothing to count."""

    def over(self) -> None:
        """Nothing to count."""

    def throttled(self, retry_after: float | None) -> None:
        """Nothing to learn."""

    def served(self) -> None:
        """Nothing to learn."""
