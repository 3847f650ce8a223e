"""How a sandbox is asked for. Importable without aiohttp, so that a command line stays quick."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


class SandboxError(Exception):
    """The sandbox cannot start. The message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client authenticates with (HTTP Basic): account SID and token, or API key and secret.

    Random per process: a seed repeats a working day, never a secret.
    """

    account_sid: str = field(default_factory=lambda: f"AC{secrets.token_hex(16)}")
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    api_key: str = field(default_factory=lambda: f"SK{secrets.token_hex(16)}")
    api_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """Everything that can be chosen when a sandbox starts.

    Attributes:
        host: a loopback name or address; any other is refused.
        port: 0 picks a free one.
        speed: virtual seconds per real second; 0 stands still until the clock is advanced.
        rooms: about how many rooms the traffic keeps in progress; 0 is an empty, quiet world.
        seed: same seed, same SIDs and same traffic.
        credentials: handed in to repeat a known account.
        allow_callbacks_to: names and addresses of hosts beyond this machine that may be sent callbacks and asked
            for TwiML.
    """

    host: str = "127.0.0.1"
    port: int = 0
    speed: float = 1.0
    rooms: int = 0
    seed: int = 1
    credentials: Credentials = field(default_factory=Credentials)
    allow_callbacks_to: frozenset[str] = frozenset()
