"""What we use of Twilio's SDK, loaded without the HTTP library that we do not use.

The SDK imports `requests` for its own synchronous client: 80 modules, a second set of TLS certificates, a sixth of the
time in which `roomtui ls` starts. Our requests go out through `roomtui.twilio_api.transport`. So while the SDK is
loaded, names of `requests` mean "later": whoever does use one, such as somebody who makes a `TwilioHttpClient`, gets
the real thing at that moment. Where `requests` is loaded already, or after the SDK, nothing differs from what was.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNUSED: Final = "requests"


class _Later:
    """A name of a module that is imported when the name is used: called, looked into, or inherited from."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *arguments: object, **options: object) -> Any:  # noqa: ANN401 # whatever the real one gives
        return self._real()(*arguments, **options)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # whatever the real one has
        return getattr(self._real(), name)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[Any, ...]:
        del bases
        return (self._real(),)

    def _real(self) -> Any:  # noqa: ANN401 # whatever it is
        _leave()
        return getattr(import_module(self._module), self._name)


class _StandIn(ModuleType):
    """A module whose every name is for later."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # a name of the real module, if it is none of Python's own
        if name.startswith("__"):
            raise AttributeError(name)
        return _Later(self.__name__, name)


class _Finder:
    """Finds stand-ins for one package and all that is in it; finder and loader of Python's import."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stand-in's spec, if the name is one of the package's."""
        del path, target
        return ModuleSpec(fullname, cls, is_package=True) if fullname.partition(".")[0] == _UNUSED else None  # type: ignore[arg-type] # a class is loader enough

    @classmethod
    def create_module(cls, spec: ModuleSpec) -> ModuleType:
        """An empty stand-in."""
        return _StandIn(spec.name)

    @classmethod
    def exec_module(cls, module: ModuleType) -> None:
        """Nothing: there is nothing in it."""


def _leave() -> None:
    """Let everybody import the real package from now on."""
    if _Finder in sys.meta_path:
        sys.meta_path.remove(_Finder)
    for name in list(sys.modules):  # a copy: another thread may import something meanwhile
        if type(sys.modules.get(name)) is _StandIn:
            del sys.modules[name]


@contextmanager
def _without_what_is_unused() -> Iterator[None]:
    if _UNUSED in sys.modules:
        yield
        return
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        _leave()


with _without_what_is_unused():
    from twilio.base.domain import Domain  # type: ignore[import-untyped]  # has hints, but no py.typed
    from twilio.base.version import Version  # type: ignore[import-untyped]  # has hints, but no py.typed
    from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]  # has hints, but no py.typed
    from twilio.http.response import Response  # type: ignore[import-untyped]  # has hints, but no py.typed
    from twilio.rest import Client  # type: ignore[import-untyped]  # has hints, but no py.typed

__all__ = ["AsyncHttpClient", "Client", "Domain", "Response", "Version"]
