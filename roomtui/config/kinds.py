"""The kinds of values that the configuration knows: how each is read, and how a JSON schema says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from roomtui.rooms.phone import PhoneNumberError, phone_number
from roomtui.twilio_api.errors import InvalidApiUrl
from roomtui.twilio_api.origin import ApiUrl

_COLOR: Final = re.compile(r"[a-z][a-z0-9_]{0,31}|#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)
_QUIET_HOURS: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]"


class WrongValueError(ValueError):
    """A value is not of its kind; `str()` is what to say behind the key's name, and does not repeat the value."""


class Kind(Protocol):
    """What a value may be."""

    @property
    def schema(self) -> dict[str, Any]:
        """The same in JSON schema."""
        ...

    def read(self, value: object) -> Any:  # noqa: ANN401 - each kind reads another type
        """The value, as the program wants it.

        Raises:
            WrongValueError: it is not of this kind.
        """
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text; of so many characters, where there is a limit. Where it may not be empty, blanks are as good as none."""

    least: int = 0
    most: int | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """Text."""
        limits = {"minLength": self.least or None, "maxLength": self.most}
        return {"type": "string", **{key: limit for key, limit in limits.items() if limit is not None}}

    def read(self, value: object) -> str:
        """Text."""
        if not isinstance(value, str):
            raise WrongValueError("is not text in quotes")
        if not value.strip() and self.least:
            raise WrongValueError("is empty")
        if self.most is not None and len(value) > self.most:
            raise WrongValueError(f"is longer than {self.most} characters")
        return value


class Flag:
    """Yes or no."""

    schema: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def read(self, value: object) -> bool:
        """Yes or no."""
        if not isinstance(value, bool):
            raise WrongValueError("is not true or false")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number within a range; a whole one where only such make sense."""

    least: float
    most: float
    whole: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """A number."""
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.least, "maximum": self.most}

    def read(self, value: object) -> float:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.least <= value <= self.most:
            raise WrongValueError(f"is not a number from {self.least:g} to {self.most:g}")
        if self.whole and value != int(value):
            raise WrongValueError("is not a whole number")
        return int(value) if self.whole else value


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""

    least: int = 0

    @property
    def schema(self) -> dict[str, Any]:
        """A list."""
        return {"type": "array", "items": {"type": "string"}, **({"minItems": self.least} if self.least else {})}

    def read(self, value: object) -> tuple[str, ...]:
        """The texts."""
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise WrongValueError('is not a list of texts, as in ["one", "two"]')
        if len(value) < self.least:
            raise WrongValueError("is an empty list")
        return tuple(value)


class Program:
    """A program and its arguments, as a list: no shell reads it."""

    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string"}, "minItems": 1}

    def read(self, value: object) -> tuple[str, ...]:
        """The program and its arguments."""
        if isinstance(value, str):
            raise WrongValueError('is not a list, as in ["pass", "show", "twilio"]: no shell reads it')
        words = Texts(least=1).read(value)
        if not words[0] or any("\0" in word for word in words):
            raise WrongValueError("names no program")
        return words


class TextTable:
    """A table of texts."""

    schema: ClassVar[dict[str, Any]] = {"type": "object", "additionalProperties": {"type": "string"}}

    def read(self, value: object) -> dict[str, str]:
        """The texts, by their names."""
        if not isinstance(value, dict):
            raise WrongValueError('is not a table of texts, as in name = "text" below its name in brackets')
        for name, text in value.items():
            if not isinstance(text, str):
                raise WrongValueError(f"has something else than text in quotes for {name}")
        return dict(value)


class Phone:
    """A phone number; read as E.164."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    def read(self, value: object) -> str:
        """The number."""
        try:
            return phone_number(Text().read(value))
        except PhoneNumberError as error:
            raise WrongValueError(f"is no phone number: {str(error).rstrip('.')}") from None


class Url:
    """An address that credentials may be sent to."""

    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "uri"}

    def read(self, value: object) -> str:
        """The address, as it was written."""
        text = Text().read(value)
        if text:
            try:
                ApiUrl.parse(text)
            except InvalidApiUrl as error:
                raise WrongValueError(error.sentence.removeprefix("The API URL ").rstrip(".")) from None
        return text


class Color:
    """A colour."""

    schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": f"^(?:{_COLOR.pattern})$"}

    def read(self, value: object) -> str:
        """The colour."""
        text = Text().read(value)
        if not _COLOR.fullmatch(text):
            raise WrongValueError('is no colour, such as "red", "ansi_green" or "#ff8800"')
        return text


class QuietHours:
    """A time of the day and another one, which may be on the next day."""

    schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": f"^{_QUIET_HOURS}$"}

    def read(self, value: object) -> str:
        """The two times."""
        text = Text().read(value)
        if not re.fullmatch(_QUIET_HOURS, text, re.ASCII):
            raise WrongValueError('is not two times of the day, as in "22:00-06:00"')
        return text


class Keyring:
    """Whether a secret is in the keyring: no, yes, or under which service."""

    schema: ClassVar[dict[str, Any]] = {"type": ["boolean", "string"], "minLength": 1}

    def read(self, value: object) -> bool | str:
        """No, yes, or the service."""
        if not isinstance(value, bool) and (not isinstance(value, str) or not value):
            raise WrongValueError("is neither true or false nor the name of a service in quotes")
        return value
