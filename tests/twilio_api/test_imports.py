"""What a command that only prints must not pay for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("twilio", "aiohttp", "requests", "asyncio")


@pytest.mark.parametrize(
    "module",
    ["errors", "gateway", "parse", "answers", "credentials", "pace", "retries", "origin", "clock"],
)
def test_the_light_modules_import_neither_the_sdk_nor_aiohttp(module: str) -> None:
    program = f"import sys, roomtui.twilio_api.{module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""
