"""The parameters of the control plane, read and checked. What is wrong is said in one sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from roomtui.sandbox.world.parameters import boolean, first_of, integer, is_callback_url, is_utf8
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.sandbox.wire import Fields


class ControlFields:
    """One call's parameters. Every method raises `Refusal` 20001 for a value that cannot be."""

    def __init__(self, form: Fields) -> None:
        self._form = form

    def optional(self, name: str) -> str | None:
        """A text, or None where the parameter is not given."""
        return first_of(self._form.get(name))

    def text(self, name: str, default: str) -> str:
        """A text that may be told to a customer's server: valid UTF-8."""
        given = self.optional(name)
        if given is not None and not is_utf8(given):
            raise Refusal(20001, f"{name} must be valid UTF-8")
        return default if given is None else given

    def required(self, name: str) -> str:
        """A text that must be given; it may be empty, which the world's own rules judge."""
        given = self.optional(name)
        if given is None:
            raise Refusal(20001, f"Missing required parameter {name} in the post body")
        return given

    def words(self, name: str) -> Sequence[str] | None:
        """Some words between commas, such as `audio, video`, or None where the parameter is not given."""
        given = self.optional(name)
        return None if given is None else [word.strip() for word in self.text(name, "").split(",") if word.strip()]

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of some words; required unless there is a default."""
        given = self.required(name) if default is None else self.text(name, default)
        if given not in allowed:
            raise Refusal(20001, f"{name} must be one of {', '.join(allowed)}")
        return given

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        given = self.optional(name)
        flag = default if given is None else boolean(given)
        if flag is None:
            raise Refusal(20001, f"{name} must be true or false")
        return flag

    def number(self, name: str, *, default: float, most: float) -> float:
        """A number from 0 to `most`."""
        given = self.optional(name)
        try:
            number = default if given is None else float(given)
        except ValueError:
            number = math.nan
        if not 0 <= number <= most:  # false for nan too
            raise Refusal(20001, f"{name} must be a number from 0 to {most:.15g}")
        return number

    def whole(self, name: str, *, default: int | None, least: int) -> int | None:
        """A whole number."""
        given = self.optional(name)
        if given is None:
            return default
        number = integer(given)
        if number is None or number < least:
            raise Refusal(20001, f"{name} must be a whole number of at least {least}")
        return number

    def callback_url(self, name: str, *, default: str | None) -> str | None:
        """An absolute http(s) URL; an empty text takes it away."""
        given = self.optional(name)
        if given is None:
            return default
        if given and not is_callback_url(given):
            raise Refusal(53111)
        return given or None
