"""What an account makes of its rooms besides the rooms: transcriptions, compositions, and the settings of media."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.world.composition_hook import CompositionHooks
from roomtui.sandbox.world.compositions import Compositions
from roomtui.sandbox.world.media_settings import MediaSettings
from roomtui.sandbox.world.sids import SidMint
from roomtui.sandbox.world.transcription import Transcriptions

if TYPE_CHECKING:
    from roomtui.sandbox.world.world import World


class Media:
    """Everything of it for one world, which it watches from now on.

    Attributes:
        transcriptions: of rooms in progress.
        recording_settings: where recordings would be stored.
        composition_settings: where compositions would be stored.
        compositions: of rooms that have ended or will end.
        composition_hooks: which make a composition of every room that is completed.
    """

    def __init__(self, world: World, seed: int) -> None:
        mint = SidMint(seed + 1)  # the world's own SIDs stay the same, whether or not media is asked for
        self.transcriptions = Transcriptions(world, mint)
        self.recording_settings = MediaSettings()
        self.composition_settings = MediaSettings()
        self.compositions = Compositions(world, mint, self.recording_settings)
        self.composition_hooks = CompositionHooks(world, mint, self.compositions)
