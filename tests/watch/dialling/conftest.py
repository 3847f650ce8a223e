from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.watch.dialling.phone import Phone

if TYPE_CHECKING:
    from tests.watch.deeds import Desk


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)
