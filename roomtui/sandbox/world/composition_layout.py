"""Video layouts: a JSON object of regions (Compositions resource, "Specifying Video Layouts")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.sandbox.world.composition import Region, Reuse
from roomtui.sandbox.world.parameters import is_utf8
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROPERTIES = frozenset(Region.__dataclass_fields__)
_Z_POS = range(-99, 100)
_GRID = range(1, 1001)
_CELLS = range(1_000_000)
_SMALLEST_SIDE = 16


def video_layout(text: str | None, resolution: tuple[int, int]) -> Mapping[str, Region]:
    """The regions of a `VideoLayout` parameter, by name; none where it is not given or `{}`.

    Args:
        text: the parameter.
        resolution: width and height of the whole picture, which every region has to fit into.

    Raises:
        Refusal: 20001 for a layout that is "not compliant with this specification".
    """
    if text is None:
        return {}
    try:
        layout = json.loads(text)
    except (ValueError, RecursionError):
        layout = None
    if not isinstance(layout, dict):
        raise _refusal("must be a JSON object of regions")
    return {name: _region(name, given, resolution) for name, given in layout.items()}


def _region(name: str, given: object, resolution: tuple[int, int]) -> Region:
    if not isinstance(given, dict) or "video_sources" not in given:
        raise _refusal(f"region {name} must have video_sources")
    unknown = sorted(set(given) - _PROPERTIES)
    if unknown:
        raise _refusal(f"region {name} has an unknown property {unknown[0]}")
    x_pos, width = _extent(name, given, "x_pos", "width", resolution[0])
    y_pos, height = _extent(name, given, "y_pos", "height", resolution[1])
    return Region(
        video_sources=_sources(name, given, "video_sources"),
        video_sources_excluded=_sources(name, given, "video_sources_excluded"),
        x_pos=x_pos,
        y_pos=y_pos,
        z_pos=_number(name, given, "z_pos", _Z_POS) or 0,
        width=width,
        height=height,
        max_columns=_number(name, given, "max_columns", _GRID),
        max_rows=_number(name, given, "max_rows", _GRID),
        cells_excluded=_cells(name, given),
        reuse=_reuse(name, given),
    )


def _extent(region: str, given: Mapping[str, object], position: str, size: str, whole: int) -> tuple[int, int | None]:
    """Where a region begins on one axis, and how far it goes: "Regions must fit inside their Composition"."""
    start = _number(region, given, position, range(whole - _SMALLEST_SIDE + 1)) or 0
    return start, _number(region, given, size, range(_SMALLEST_SIDE, whole - start + 1))


def _number(region: str, given: Mapping[str, object], name: str, allowed: range) -> int | None:
    """A whole number; None, or 0 where that is out of range, is how layouts that are read say "not given"."""
    value = given.get(name)
    if value is None or (value == 0 and not isinstance(value, bool) and 0 not in allowed):
        return None
    if type(value) is not int or value not in allowed:
        raise _refusal(f"{name} of region {region} must be {allowed.start} to {allowed.stop - 1}")
    return value


def _sources(region: str, given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None and name != "video_sources":
        return ()
    if not isinstance(value, list) or not all(isinstance(source, str) and is_utf8(source) for source in value):
        raise _refusal(f"{name} of region {region} must be an array of SIDs or track names")
    return tuple(value)


def _cells(region: str, given: Mapping[str, object]) -> tuple[int, ...]:
    value = given.get("cells_excluded")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(type(cell) is int and cell in _CELLS for cell in value):
        raise _refusal(f"cells_excluded of region {region} must be an array of numbers from 0 to 999999")
    return tuple(value)


def _reuse(region: str, given: Mapping[str, object]) -> Reuse:
    value = given.get("reuse")
    if value is None:
        return Reuse.SHOW_OLDEST
    for reuse in Reuse:
        if value == reuse.value:
            return reuse
    raise _refusal(f"reuse of region {region} must be one of {', '.join(reuse.value for reuse in Reuse)}")


def _refusal(reason: str) -> Refusal:
    return Refusal(20001, f"Invalid parameter VideoLayout: {reason}")
