"""Every key of the configuration: its name, what it may be, where it may stand, what it means.

This is the one place that knows them. The reader, the JSON schema, `roomtui config show`, the template of a new file,
the table in the README and the suggestions for a misspelt key are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roomtui.config.kinds import Color, Flag, Keyring, Number, Phone, Program, QuietHours, Text, Texts, TextTable, Url
from roomtui.twilio_api.origin import DEFAULT_API_URL

if TYPE_CHECKING:
    from roomtui.config.kinds import Kind

DEFAULT_REFRESH: Final = 2.0
"""Seconds between two looks at the rooms list."""
DEFAULT_READS_PER_SECOND: Final = 20
"""A quarter of what Twilio gives an account (Programmable Video Limits: 80)."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        name: as it is written in the file.
        kind: what its value may be.
        meaning: what it is for, in a few words without a full stop.
        example: a value, written as in the file; for the template.
        default: what is in force where nothing is said; None where that is nothing.
        option: the option of the command line for the same thing.
        environment: the variables for the same thing.
        secret: whether its value is shown to nobody.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    default: object = None
    option: str | None = None
    environment: tuple[str, ...] = ()
    secret: bool = False


CREDENTIALS: Final = (
    Key(
        "account_sid",
        Text(),
        "the account; a sub-account is a profile of its own, with credentials of its own",
        '"AC..."',
        environment=("TWILIO_ACCOUNT_SID",),
    ),
    Key("api_key", Text(), "an API key of that account (recommended)", '"SK..."', environment=("TWILIO_API_KEY",)),
    Key("api_secret", Text(), "the key's secret", '"..."', environment=("TWILIO_API_SECRET",), secret=True),
    Key(
        "auth_token",
        Text(),
        "the account's auth token, in place of an API key",
        '"..."',
        environment=("TWILIO_AUTH_TOKEN",),
        secret=True,
    ),
    Key(
        "keyring",
        Keyring(),
        "the secret is in the system's keyring, below the API key (or the account), service roomtui or the one named",
        "true",
    ),
    Key(
        "credential_command",
        Program(),
        "a program that prints the secret, or JSON with account_sid, api_key and api_secret (or auth_token); 30 s",
        '["pass", "show", "twilio"]',
    ),
)
"""Who we are; in a profile only."""

SETTINGS: Final = (
    Key(
        "api_url",
        Url(),
        "another API than Twilio's, such as a sandbox",
        '"http://127.0.0.1:8089"',
        default=DEFAULT_API_URL,
        option="--api-url",
        environment=("ROOMTUI_API_URL",),
    ),
    Key(
        "caller_id", Phone(), "the number of yours that phones are called from", '"+15005550006"', option="dial --from"
    ),
    Key("read_only", Flag(), "leave no way to change anything", "true", default=False, option="--read-only"),
    Key(
        "refresh",
        Number(0.5, 3600),
        "seconds between two looks at the rooms list",
        "2.0",
        default=DEFAULT_REFRESH,
        option="--refresh",
    ),
    Key(
        "reads_per_second",
        Number(1, 80, whole=True),
        "the promised limit",
        "20",
        default=DEFAULT_READS_PER_SECOND,
        option="--reads-per-second",
    ),
    Key("no_pii", Flag(), "mask phone numbers on the dashboard and in text", "true", default=False, option="--no-pii"),
    Key("accent", Color(), "the colour of the account's name, to tell accounts apart", '"red"'),
    Key("theme", Text(least=1), "the theme of the dashboard", '"nord"'),
    Key("columns", Texts(least=1), "the columns of the table, in their order", '["closes", "name", "people", "why"]'),
    Key("ascii", Flag(), "draw nothing but ASCII (where nothing is said: as the locale is)", "true", option="--ascii"),
    Key(
        "plain_output",
        Flag(),
        "send the terminal whole lines, not only the cells that changed",
        "true",
        default=False,
        option="--plain-output",
    ),
    Key(
        "mouse",
        Flag(),
        "listen to the mouse (off: the terminal selects text)",
        "true",
        default=False,
        option="--mouse",
    ),
    Key("quiet_hours", QuietHours(), "when alerts are only shown, by this machine's clock", '"22:00-06:00"'),
)
"""How we behave; in a profile, or on top of the file for all profiles."""

VIEWS: Final = Key("views", TextTable(), "saved filters, by name", "")
ALERTS: Final = "alerts"

KEYS: Final = Key("keys", TextTable(), "other keys than the usual: the id of a binding, and a key or several", "")
DEFAULT_PROFILE: Final = Key(
    "default_profile", Text(least=1), "the profile where none is asked for", '"acme-prod"', option="--profile",
    environment=("ROOMTUI_PROFILE",),
)  # fmt: skip
PROFILES: Final = "profiles"

ALERT_KEYS: Final = (
    Key("name", Text(1, 60), "what it is called", '"closing with people in it"'),
    Key("when", Text(least=1), "which rooms: a filter, as it is typed after /", '"closes:<5m people:>0"'),
    Key("color", Color(), "the colour of the row", '"yellow"'),
    Key("sign", Text(1, 2), "one or two characters before the row", '"#"'),
    Key("bell", Flag(), "ring the terminal's bell", "true", default=False),
    Key("osc9", Flag(), "ask the terminal for a notification (OSC 9)", "true", default=False),
    Key("command", Program(), "a program to run, and its arguments; no shell reads them", '["notify-send", "roomtui"]'),
    Key("quiet_hours", QuietHours(), "when it is only shown, by this machine's clock", '"22:00-06:00"'),
)
"""The keys of an alert, `[[alerts]]` or `[[profiles.NAME.alerts]]`."""
ALERT_MUST_HAVE: Final = ("name", "when")

IN_PROFILE: Final = {key.name: key for key in (*CREDENTIALS, *SETTINGS, VIEWS)}
"""What may stand in a profile, but for its alerts."""
ON_TOP: Final = {key.name: key for key in (DEFAULT_PROFILE, *SETTINGS, VIEWS, KEYS) if key.name != "accent"}
"""What may stand on top of the file, but for the profiles and the alerts."""
IN_ALERT: Final = {key.name: key for key in ALERT_KEYS}
SECRETS: Final = frozenset(key.name for key in CREDENTIALS if key.secret)

INSTEAD: Final = {
    "subaccount": "A sub-account is a profile of its own: its account_sid, and an API key that was made in it.",
    "subaccount_sid": "A sub-account is a profile of its own: its account_sid, and an API key that was made in it.",
    "region": "Regions and edges are part of api_url.",
    "edge": "Regions and edges are part of api_url.",
}
"""What to say to somebody who looks for something that has no key."""
