"""Secrets that are kept by somebody else: the system's keyring, or a program that prints them.

Nothing that a keyring or a program says is repeated to anybody: it may hold the secret.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

from roomtui.children import without_secrets
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE: Final = 30.0
"""Seconds that a program has; somebody may have to type a passphrase."""
_LARGEST: Final = 65_536
_FIELDS: Final = ("account_sid", "api_key", "api_secret", "auth_token")


class VaultError(Exception):
    """There is no secret to be had; `str()` is what to say behind the name of the profile, and holds no secret."""


def from_keyring(service: str, entry: str) -> str:
    """The secret that the keyring keeps for this entry of this service.

    Raises:
        VaultError: there is no keyring here, or it keeps no such secret, or does not open.
    """
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise VaultError("asks for the keyring, which needs one more package: pip install 'roomtui[keyring]'") from None
    try:
        secret = keyring.get_password(service, entry)
    except Exception as error:  # noqa: BLE001 - its back ends raise what they please, and say what they please
        raise VaultError(
            f"asks for the keyring, which does not open here ({type(error).__name__}); `keyring diagnose` tells more"
        ) from None
    if not isinstance(secret, str) or not secret:
        raise VaultError(
            f"asks for the keyring, which keeps nothing for {safe(entry)}: `keyring set {safe(service)} {safe(entry)}`"
        )
    return secret


def from_command(command: Sequence[str], *, patience: float = PATIENCE, terminal: bool = True) -> dict[str, str]:
    """The credentials that a program prints: JSON with some of our names for them, or only the secret, as `secret`.

    A password store prints the secret on the first line; what follows are notes.

    Args:
        command: the program and its arguments; no shell reads them.
        patience: seconds after which it is ended.
        terminal: whether it may use the terminal, to ask for a passphrase; not while something is drawn on it.

    Raises:
        VaultError: it cannot be run, fails, takes too long or prints no credentials.
    """
    name = safe(os.path.basename(command[0]))  # noqa: PTH119 - its arguments may be secret; only its name is told
    printed = _printed(command, name, patience, terminal=terminal)
    try:
        text = printed.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise VaultError(f"has a credential_command ({name}) that prints something else than UTF-8 text") from None
    if not text:
        raise VaultError(f"has a credential_command ({name}) that prints nothing")
    if not text.startswith("{"):
        return {"secret": text.splitlines()[0].strip()}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise VaultError(f"has a credential_command ({name}) that prints broken JSON") from None
    values = {field: document.get(field) for field in _FIELDS}
    found = {field: value for field, value in values.items() if isinstance(value, str) and value}
    if not found:
        raise VaultError(
            f"has a credential_command ({name}) that prints JSON without api_key and api_secret, or auth_token"
        )
    return found


def _printed(command: Sequence[str], name: str, patience: float, *, terminal: bool) -> bytes:
    """What it prints on stdout."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own program, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=not terminal,
            env=without_secrets(),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name or an argument cannot be used"
        raise VaultError(f"has a credential_command ({name}) that cannot be run: {reason}") from None
    try:
        printed = _read(process, time.monotonic() + patience)
        if printed is None:
            raise VaultError(f"has a credential_command ({name}) that did not end within {patience:g} s")
        if len(printed) > _LARGEST:
            raise VaultError(f"has a credential_command ({name}) that prints far more than credentials")
        if process.returncode:
            failed = f"failed with code {process.returncode}: run it by hand to see why"
            raise VaultError(f"has a credential_command ({name}) that {failed}")
        return printed
    finally:
        if process.poll() is None:
            if terminal:
                process.kill()
            else:  # a session of its own: what it has started ends with it
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[bytes], until: float) -> bytes | None:
    """All that it printed when it ended, or more than enough; None where it did not end in time.

    What it has started may live on and hold the pipe open: an end of the process is an end, too.
    """
    stream = process.stdout
    printed = b""
    with selectors.DefaultSelector() as selector:
        if stream is not None:
            selector.register(stream, selectors.EVENT_READ)
        while stream is not None and len(printed) <= _LARGEST:
            left = until - time.monotonic()
            if left <= 0:
                return None
            if not selector.select(min(left, 0.1)):
                if process.poll() is not None:
                    break
                continue
            data = os.read(stream.fileno(), _LARGEST)
            if not data:
                break
            printed += data
    if len(printed) <= _LARGEST:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        if process.returncode is None:
            return None
    return printed
