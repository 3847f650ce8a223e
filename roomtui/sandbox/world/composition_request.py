"""What a request to compose may ask for: its parameters checked (Compositions resource, "Supported POST Parameters").

The documents promise "a 4xx" for what cannot be and name no code: 20001 is the platform's own for a bad parameter.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from roomtui.sandbox.world.composition import DEFAULT_RESOLUTION, CompositionFormat, CompositionSettings
from roomtui.sandbox.world.composition_layout import video_layout
from roomtui.sandbox.world.parameters import boolean, first_of, is_callback_url, is_utf8
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RESOLUTION = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")
_SIDE = range(16, 1281)
_MOST_PIXELS = 921_600


def composition_settings(parameters: Mapping[str, Sequence[str]]) -> CompositionSettings:
    """The settings a request asks for. What it does not give has its default value.

    Raises:
        Refusal: 20001, 53110 or 53111 for a parameter that cannot be, and 20001 with neither sound nor picture:
            "either video_layout or audio_sources have to be provided to get a valid creation request".
    """
    resolution = _resolution(parameters)
    layout = video_layout(first_of(parameters.get("VideoLayout")), resolution)
    audio_sources = _sources(parameters, "AudioSources")
    if not audio_sources and not any(region.video_sources for region in layout.values()):
        raise Refusal(20001, "Either VideoLayout or AudioSources must be provided")
    return CompositionSettings(
        audio_sources=audio_sources,
        audio_sources_excluded=_sources(parameters, "AudioSourcesExcluded"),
        layout=layout,
        resolution=resolution,
        format=_format(parameters),
        trim=flag(parameters, "Trim", default=True),
        status_callback=_status_callback(parameters),
        status_callback_method=_status_callback_method(parameters),
    )


def flag(parameters: Mapping[str, Sequence[str]], name: str, *, default: bool) -> bool:
    """A parameter that is true or false.

    Raises:
        Refusal: 20001 for anything else.
    """
    text = first_of(parameters.get(name))
    value = default if text is None else boolean(text)
    if value is None:
        raise Refusal(20001, f"Invalid parameter {name}: must be true or false")
    return value


def _resolution(parameters: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Each side 16 to 1280 pixels, and 921,600 pixels at most."""
    text = first_of(parameters.get("Resolution"))
    if text is None:
        return DEFAULT_RESOLUTION
    match = _RESOLUTION.fullmatch(text)
    width, height = (int(match[1]), int(match[2])) if match is not None else (0, 0)
    if width not in _SIDE or height not in _SIDE or width * height > _MOST_PIXELS:
        raise Refusal(
            20001,
            "Invalid parameter Resolution: must be {width}x{height}, each 16 to 1280 and 921,600 pixels at most",
        )
    return width, height


def _sources(parameters: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """Repeated keys, or one JSON array."""
    given: list[object] = [value for value in parameters.get(name, ()) if value]
    if len(given) == 1 and str(given[0]).lstrip().startswith("["):
        with suppress(ValueError, RecursionError):  # a track may be called so
            given = json.loads(str(given[0]))
    sources = tuple(source for source in given if isinstance(source, str) and source and is_utf8(source))
    if len(sources) != len(given):
        raise Refusal(20001, f"Invalid parameter {name}: must be SIDs or track names")
    return sources


def _format(parameters: Mapping[str, Sequence[str]]) -> CompositionFormat:
    text = first_of(parameters.get("Format"))
    try:
        return CompositionFormat.WEBM if text is None else CompositionFormat(text)
    except ValueError:
        raise Refusal(20001, "Invalid parameter Format: must be mp4 or webm") from None


def _status_callback(parameters: Mapping[str, Sequence[str]]) -> str | None:
    url = first_of(parameters.get("StatusCallback"))
    if url is not None and not is_callback_url(url):
        raise Refusal(53111)
    return url


def _status_callback_method(parameters: Mapping[str, Sequence[str]]) -> str:
    method = first_of(parameters.get("StatusCallbackMethod"))
    if method is None:
        return "POST"
    if method not in {"GET", "POST"}:
        raise Refusal(53110)
    return method
