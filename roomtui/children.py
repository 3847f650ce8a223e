"""What the programs that we start are told of our environment: no more than they need, and never a secret of ours.

Any process of the person's may read the environment of another one, and what is started may live on: `xclip` holds a
copy until the next one, tmux and the browser until the machine is turned off.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS: Final = ("TWILIO_", "ROOMTUI_")
_SECRETS: Final = frozenset({"TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET"})
_PROXIES: Final = "_proxy"


def without_credentials(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For programs that may well ask the network for something, but not Twilio in our name."""
    return {name: value for name, value in environ.items() if not name.upper().startswith(_OURS)}


def of_the_terminal(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For programs that speak to the terminal or its clipboard: no proxies either, whose addresses hold passwords."""
    return {name: value for name, value in without_credentials(environ).items() if not name.lower().endswith(_PROXIES)}


def without_secrets(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For the program that is asked for the secret: it may want to know for which account and profile."""
    return {name: value for name, value in environ.items() if name.upper() not in _SECRETS}
