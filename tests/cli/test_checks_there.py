"""How many rooms `roomtui doctor` says there are, however Twilio pages them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from roomtui.cli.checks_there import _first_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from roomtui.twilio_api.gateway import RoomQuery


class Pages:
    """A gateway whose list of rooms has pages of so many rooms each."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.read = 0

    async def room_pages(self, query: RoomQuery) -> AsyncIterator[tuple[None, ...]]:
        assert query.page_size == 1000
        for size in self.sizes:
            self.read += 1
            yield (None,) * size


@pytest.mark.parametrize(
    ("sizes", "found", "reads"),
    [
        ((0,), (0, False), 1),
        ((3,), (3, False), 1),
        ((999,), (999, False), 1),
        ((1000, 7), (1000, True), 1),
        ((3, 3, 3), (3, True), 2),
        ((0, 3), (3, False), 2),
    ],
)
async def test_a_page_is_all_the_rooms_only_if_none_comes_after_it(
    sizes: tuple[int, ...], found: tuple[int, bool], reads: int
) -> None:
    pages: Any = Pages(*sizes)
    assert await _first_page(pages) == found
    assert pages.read == reads
