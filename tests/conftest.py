"""What holds for all tests. The environment is cleaned before Textual is first imported."""

from __future__ import annotations

import gc
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.order import in_stretches

# Textual reads some of these when it is imported; the report of a failed snapshot embeds the whole environment.
_OF_THE_SNAPSHOT_PLUGIN = "TEXTUAL_SNAPSHOT"
_THEIRS = ("TWILIO_", "ROOMTUI_", "TEXTUAL_", "XDG_")
_PROXIES = {f"{what}_PROXY" for what in ("HTTP", "HTTPS", "ALL", "NO")}
_NAMES = frozenset({"NO_COLOR", "TMUX", "STY", *_PROXIES, *map(str.lower, _PROXIES)})
for _name in list(os.environ):
    if (_name.startswith(_THEIRS) and not _name.startswith(_OF_THE_SNAPSHOT_PLUGIN)) or _name in _NAMES:
        del os.environ[_name]

# Whatever a script runs in the background does not hear of ctrl+c, nor does what that starts; our programs have to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes to make or to try tells of the machine. The same ones each time, for what is found must be
# found by whoever made it, not by the next one to run all tests; `--hypothesis-profile=search` looks for others.
settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin what takes long at once, where several workers share the tests."""
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if workers > 1:
        items[:] = [items[place] for place in in_stretches([item.nodeid for item in items], workers)]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What has been imported is no garbage, and tests leave little: looking for it took a quarter of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
