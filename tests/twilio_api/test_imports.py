"""What a command that only prints must not pay for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("twilio", "aiohttp", "httptools", "requests", "asyncio")


@pytest.mark.parametrize(
    "module",
    ["errors", "gateway", "parse", "answers", "credentials", "pace", "retries", "origin", "clock"],
)
def test_the_light_modules_import_neither_the_sdk_nor_a_way_to_the_network(module: str) -> None:
    program = f"import sys, roomtui.twilio_api.{module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""


def test_the_transport_imports_no_http_library_but_the_parser() -> None:
    program = "import sys, roomtui.twilio_api.sdk; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "httptools" in loaded
    assert not loaded & {"aiohttp", "multidict", "yarl", "requests", "urllib3", "httpx"}
