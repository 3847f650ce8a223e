"""The configuration file: read, and everything that is wrong in it."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from roomtui.config import keys
from roomtui.config.errors import Complaint, ConfigError, nearest, place
from roomtui.config.kinds import WrongValueError
from roomtui.config.lines import Lines
from roomtui.config.settings import AlertTable
from roomtui.own_files import OWNER_ONLY_FILE, chmod, open_plain
from roomtui.rooms.untrusted import safe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_OTHERS_MAY_READ: Final = 0o077
_OTHERS_MAY_WRITE: Final = 0o022
_EVERYBODY_MAY_WRITE: Final = 0o002
_LARGEST: Final = 1_000_000
_WHERE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """A profile, or what stands on top of the file for all of them: the values that are right, and their lines.

    Attributes:
        values: by key; credentials are among them.
        lines: where each key stands, and each of its parts (`views.busy`, `alerts.NAME`); "" is the table itself.
        alerts: those of this table.
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int | None] = field(default_factory=dict)
    alerts: tuple[AlertTable, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The configuration file. What is wrong in it is left out, and stands among the complaints.

    Attributes:
        path: where it is, or would be.
        exists: whether it is there.
        top: what stands on top of it.
        profiles: by name.
        complaints: in the order of the lines.
    """

    path: Path
    exists: bool = False
    top: Table = field(default_factory=Table)
    profiles: Mapping[str, Table] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()

    @property
    def default(self) -> str | None:
        """The profile to take where none is asked for; the only one there is, too."""
        named: str | None = self.top.values.get(keys.DEFAULT_PROFILE.name)
        return next(iter(self.profiles), None) if named is None and len(self.profiles) == 1 else named

    def place(self, profile: str | None, key: str | None = None) -> str:
        """File and line of a key, else of its profile."""
        table = self.top if profile is None else self.profiles[profile]
        return place(self.path, table.lines.get(key or "") or table.lines.get(""))

    def complaint(self, profile: str, key: str | None, sentence: str) -> Complaint:
        """Something about a profile that only its values together tell."""
        lines = self.profiles[profile].lines
        line = lines.get(key or "") or lines.get("")
        return Complaint(sentence=sentence, path=self.path, line=line, profile=profile)


def read(path: Path, *, must_exist: bool = False) -> ConfigFile:
    """Read the file; one that is not there is empty.

    Raises:
        ConfigError: it cannot be read, or is not TOML; or it is not there and must be.
    """
    try:
        with os.fdopen(open_plain(path, largest=_LARGEST), "rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            data = opened.read(_LARGEST)
    except (FileNotFoundError, NotADirectoryError):  # a service's home may be /dev/null
        if must_exist:
            raise ConfigError(f"There is no configuration file {place(path, None)}.") from None
        return ConfigFile(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise ConfigError(f"The configuration file {place(path, None)} cannot be read: {reason}.") from None
    text = _decoded(path, data)
    return _Reader(path, _document(path, text), Lines(text)).read(mode)


def _decoded(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark at the beginning
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{place(path, line)}: the file is not UTF-8 text.") from None
    return text.replace("\r\n", "\n")


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        where = _WHERE.search(said)
        line = None
        if where is not None:
            said = said[: where.start()]
            line = int(where.group(1)) if where.group(1) else text.count("\n") + 1
        raise ConfigError(f"{place(path, line)}: the file is not TOML: {safe(said)}.") from None
    except RecursionError:
        raise ConfigError(f"{place(path, None)}: the file is nested too deeply.") from None
    except ValueError:  # Python reads no number of more than some thousand digits
        raise ConfigError(f"{place(path, None)}: the file is not TOML: a number in it is far too long.") from None


class _Reader:
    """Takes the document apart, and complains."""

    def __init__(self, path: Path, document: dict[str, Any], lines: Lines) -> None:
        self._path = path
        self._document = document
        self._lines = lines
        self._complaints: list[Complaint] = []

    def read(self, mode: int) -> ConfigFile:
        top = self._table((), self._document, keys.ON_TOP, also={keys.PROFILES, keys.ALERTS})
        found = self._profiles()
        profiles = {
            name: self._table((keys.PROFILES, name), values, keys.IN_PROFILE, also={keys.ALERTS})
            for name, values in found.items()
        }
        self._check_default(top, profiles)
        secrets = any(keys.SECRETS & values.keys() for values in found.values())
        danger = None
        if mode & _OTHERS_MAY_READ and secrets:
            danger = "it holds secrets and others may read it"
        elif mode & _EVERYBODY_MAY_WRITE or (mode & _OTHERS_MAY_WRITE and _says_where_to_go(self._document, found)):
            # It says which programs are run, and to whom credentials are sent.
            danger = "others may write into it"
        if danger is not None:
            sentence = f"{danger}: {chmod(OWNER_ONLY_FILE, self._path)}"
            self._complaints.append(Complaint(sentence=sentence, path=self._path, always=True))
        complaints = tuple(sorted(self._complaints, key=lambda each: each.line or 0))
        return ConfigFile(self._path, exists=True, top=top, profiles=profiles, complaints=complaints)

    def _profiles(self) -> dict[str, dict[str, Any]]:
        profiles = self._document.get(keys.PROFILES, {})
        tables: dict[str, Any] = profiles if isinstance(profiles, dict) else {}
        wrong = [name for name, values in tables.items() if not isinstance(values, dict)]
        if wrong or not isinstance(profiles, dict):
            at = (keys.PROFILES, *wrong[:1])
            self._complain(at, "profiles must be tables, as in [profiles.acme].", always=True)
        return {name: values for name, values in tables.items() if isinstance(values, dict)}

    def _table(
        self, at: tuple[str, ...], values: Mapping[str, Any], known: Mapping[str, keys.Key], *, also: set[str]
    ) -> Table:
        profile = at[-1] if at else None
        where = f" in profile {safe(at[-1])}" if at else ""
        right = self._values(at, {name: each for name, each in values.items() if name not in also}, known, also, where)
        alerts: tuple[AlertTable, ...] = ()
        if keys.ALERTS in values:
            alerts = tuple(self._alerts((*at, keys.ALERTS), values[keys.ALERTS], profile))
        return Table(right, self._lines_of(at, values), alerts)

    def _lines_of(self, at: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, int | None]:
        lines = {"": self._lines.of(*at), **{name: self._lines.of(*at, name) for name in values}}
        for number, alert in enumerate(values[keys.ALERTS] if isinstance(values.get(keys.ALERTS), list) else ()):
            if isinstance(alert, dict):
                lines[f"{keys.ALERTS}.{alert.get('name')}"] = self._lines.of(*at, keys.ALERTS, number)
        for name, value in values.items():
            inner = value if isinstance(value, dict) and name != keys.PROFILES else ()
            lines.update({f"{name}.{each}": self._lines.of(*at, name, each) for each in inner})
        return lines

    def _values(
        self,
        at: tuple[str | int, ...],
        values: Mapping[str, Any],
        known: Mapping[str, keys.Key],
        also: Iterable[str],
        where: str,
    ) -> dict[str, Any]:
        """The values that are right; `where` is put behind a key's name."""
        right = {}
        for name, value in values.items():
            if name not in known:
                shown = f"{where.removeprefix(' in ')} has" if where else "there is"
                hint = _hint(name, [*known, *also])
                self._complain((*at, name), f"{shown} an unknown key {safe(name)}.{hint}", always=True)
                continue
            try:
                right[name] = known[name].kind.read(value)
            except WrongValueError as error:
                self._complain((*at, name), f"{name}{where} {safe(str(error))}.")
        return right

    def _alerts(self, at: tuple[str, ...], value: object, profile: str | None) -> Iterable[AlertTable]:
        of = f" of profile {safe(profile)}" if profile is not None else ""
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._complain(at, f"alerts{of} must be tables, as in [[{'.'.join(map(safe, at))}]].")
            return
        for number, table in enumerate(value):
            here: tuple[str | int, ...] = (*at, number)
            where = f" in alert {number + 1}{of}"
            right = self._values(here, table, keys.IN_ALERT, (), where)
            missing = [name for name in keys.ALERT_MUST_HAVE if name not in table]
            for name in missing:
                self._complain(here, f"{name} is missing{where}.")
            if all(name in right for name in keys.ALERT_MUST_HAVE):
                yield AlertTable(**right)

    def _check_default(self, top: Table, profiles: Mapping[str, Table]) -> None:
        name = top.values.get(keys.DEFAULT_PROFILE.name)
        if name is not None and name not in profiles:
            # Only whoever needs a default is hindered by it, and is told when it is looked for.
            sentence = f"default_profile is {safe(name)}, but there is no such profile.{nearest(name, profiles)}"
            line = self._lines.of(keys.DEFAULT_PROFILE.name)
            self._complaints.append(Complaint(sentence=sentence, path=self._path, line=line, profile=name))

    def _complain(self, at: tuple[str | int, ...], sentence: str, *, always: bool = False) -> None:
        profile = str(at[1]) if len(at) > 1 and at[0] == keys.PROFILES else None
        always = always or profile is None
        self._complaints.append(
            Complaint(sentence=sentence, path=self._path, line=self._lines.of(*at), profile=profile, always=always)
        )


def _says_where_to_go(document: Mapping[str, Any], profiles: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it names programs to run, or another API than Twilio's."""
    return any(
        table.keys() & {"credential_command", "api_url", keys.ALERTS} for table in (document, *profiles.values())
    )


def _hint(name: str, known: list[str]) -> str:
    """What to say behind the name of a key that is not known where it stands."""
    if name in keys.INSTEAD:
        return f" {keys.INSTEAD[name]}"
    if name in keys.ON_TOP or name == keys.PROFILES:
        return " It belongs on top of the file, before the first line in brackets, or is a table of its own there."
    if name in keys.IN_PROFILE:
        return " It belongs into a profile, below a line such as [profiles.acme]."
    return nearest(name, known)
