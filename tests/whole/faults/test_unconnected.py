"""While no connection comes about: said why, nothing wrong is shown, and it passes; a command ends with a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.whole.faults.commands import Commands, a_ground
from tests.whole.faults.story import tell
from tests.whole.faults.unconnected import WAYS, Impostor, Nameless
from tests.whole.faults.watch import watching

if TYPE_CHECKING:
    from pathlib import Path

    from tests.whole.faults.middle import Middle
    from tests.whole.faults.table import Fault

all_ways = pytest.mark.parametrize(("kind", "fault"), WAYS.items(), ids=[fault.name for fault in WAYS.values()])


def prepare(kind: type[Middle], patch: pytest.MonkeyPatch, place: Path) -> None:
    if issubclass(kind, (Nameless, Impostor)):
        kind.prepare(patch, place)


@all_ways
async def test_the_dashboard_says_why_and_comes_back(
    kind: type[Middle], fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(kind, monkeypatch, tmp_path)
    async with watching(tmp_path, middle=kind) as watch:
        story = await tell(watch, fault)
    assert story.before
    assert (story.mute, story.wrong) == ([], [])
    said = " ".join(story.words)
    assert re.search(fault.words or "", said), said
    assert story.back is not None
    assert not any(secret in "\n".join(watch.screens) for secret in watch.secrets)


@all_ways
def test_a_command_ends_with_a_sentence(
    kind: type[Middle],
    fault: Fault,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepare(kind, monkeypatch, tmp_path)
    with a_ground(middle=kind) as ground:
        roomtui = Commands(ground, tmp_path, monkeypatch, capsys)
        assert roomtui("ls", "--json").code == 0
        ground.do(ground.middle.deafen())
        room = ground.town.pair
        for arguments in (("ls", "--json"), ("show", room.sid), ("end", room.sid, "--yes")):
            done = roomtui(*arguments)
            assert (done.code, done.out.strip()) in {(1, ""), (1, "[]")}, done
            assert re.search(fault.words or "", done.err), done.err
            assert done.err.count("\n") <= 4, done.err
        assert room.is_live
