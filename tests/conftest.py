"""Fixtures that every test may use. The environment is cleaned before Textual is first imported."""

from __future__ import annotations

import os

# Textual reads these when it is imported; a snapshot report embeds the whole environment, secrets included.
for _name in list(os.environ):
    if _name.startswith(("TWILIO_", "ROOMTUI_", "TEXTUAL")) or _name in {"NO_COLOR", "TMUX", "STY"}:
        del os.environ[_name]
