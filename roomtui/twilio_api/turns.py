"""Doing much on the event loop without holding anybody up."""

from __future__ import annotations

import asyncio
from typing import Final

_TURNS: Final = 8
"""A key is carried out and drawn in six, each a word from one part of the screen to the next."""


async def let_others_go_first() -> None:
    """Between two parts of a long work: let what is under way come to its end, or near it.

    After a single turn of the event loop the next part would come between any two steps of what is under way: short
    parts would delay a key by as much as long ones.
    """
    for _ in range(_TURNS):
        await asyncio.sleep(0)
