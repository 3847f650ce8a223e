"""What stands under the options in `--help`: examples, exit codes, the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "watch": (
        ("roomtui", "the rooms of the account in the environment, or of the default profile"),
        ("roomtui --profile acme-prod --read-only", "another account, and nothing can be changed"),
        ("roomtui watch --refresh 5 --ascii", "on a thin line, in an old terminal"),
        ("roomtui watch --record shift.rec", "to be shown again with `roomtui replay`"),
    ),
    "demo": (
        ("roomtui demo", "a dozen rooms in which something happens"),
        ("roomtui demo --rooms 2000 --speed 10", "many, at ten times the speed"),
    ),
    "ls": (
        ("roomtui ls", "all live rooms, what closes first on top"),
        ("roomtui ls --no-people --json", "the list alone: one read for 1,000 rooms"),
        ("roomtui ls --status completed --created-after 2026-11-20 --limit 50", "why rooms ended"),
        ("roomtui ls --json | jq '.[] | select(.participants.connected == 0) | .sid'", "those nobody is in"),
        ("roomtui ls --watch --refresh 10", "again every ten seconds, in place"),
        ("roomtui ls --watch --json >> rooms.jsonl", "the same for a program: JSON Lines"),
    ),
    "show": (
        ("roomtui show daily-standup", "a room in progress, by its name"),
        ("roomtui show RM00000000000000000000000000000001 --json", "any room, by its SID"),
    ),
    "create": (
        ("roomtui create daily-standup --empty-room-timeout 10", "with one setting of its own"),
        ("roomtui create --like daily-standup interview", "with the settings of another room"),
        ("room=$(roomtui create)", "its SID, for a script"),
    ),
    "end": (
        ("roomtui end daily-standup", "asks first"),
        ("roomtui end RM00000000000000000000000000000001 --yes --json", "does not, and says what came of it"),
    ),
    "kick": (("roomtui kick daily-standup alice", "asks first"),),
    "record": (
        ("roomtui record daily-standup start", "everybody, from now on"),
        ("roomtui record daily-standup stop --yes", "whatever rules there are"),
    ),
    "dial": (
        ("roomtui dial daily-standup --to +16505550123", "from the caller_id of the profile"),
        ("roomtui dial board --to +16505550123 --from +15005550006 --yes", "without a question"),
    ),
    "twiml": (
        ("roomtui twiml daily-standup", "to be copied"),
        ("roomtui twiml daily-standup --identity bob --lang python", "as a program"),
    ),
    "log": (
        ("roomtui log --since 4h", "the last hours"),
        ("roomtui log --follow --kind event", "what happens from now on"),
        ("roomtui log --kind audit --json", "what was done from here, for a program"),
    ),
    "config": (
        ("roomtui config edit", "write a profile; every key is explained"),
        ("roomtui config show --profile acme-prod", "what is in force, and where it comes from"),
    ),
    "doctor": (
        ("roomtui doctor", "before the first shift"),
        ("roomtui doctor --json | jq '.checks[] | select(.status != \"ok\")'", "what is not well"),
    ),
    "completion": (
        ("roomtui completion bash > ~/.local/share/bash-completion/completions/roomtui", ""),
        ("roomtui completion zsh > ~/.zfunc/_roomtui", "with fpath+=~/.zfunc before compinit"),
        ("roomtui completion fish > ~/.config/fish/completions/roomtui.fish", ""),
    ),
    "replay": (
        ("roomtui replay shift.rec", "as it was"),
        ("roomtui replay shift.rec --speed 60", "a minute in a second"),
    ),
    "bundle": (
        ("roomtui bundle", "then: scp roomtui.pex jump-host:roomtui, and over there ./roomtui"),
        ("roomtui bundle --venv .venv-3.11 --venv .venv-3.12", "one file for either Python"),
    ),
    "sandbox": (
        ("roomtui sandbox --port 0 --rooms 20", "prints where it is, and who may ask it"),
        ("roomtui --api-url http://127.0.0.1:8089 ls", "with those credentials in the environment"),
    ),
}
"""By command: what is typed, and what for."""

_CODES: Final = {
    0: "done",
    1: "Twilio refused or failed",
    2: "wrong usage or configuration",
    3: "no such room, participant or call",
    4: "credentials missing or refused",
    5: "refused by us (read-only, not confirmed)",
    130: "interrupted",
}
_LOOKING: Final = (0, 1, 2, 4, 130)
_EXITS: Final[Mapping[str, tuple[int, ...]]] = {
    "watch": (0, 2, 4),
    "demo": (0, 1, 2),
    "ls": _LOOKING,
    "show": (0, 1, 2, 3, 4, 130),
    "twiml": (0, 1, 2, 3, 4, 130),
    "create": (0, 1, 2, 3, 4, 5, 130),
    "log": (0, 1, 2, 4, 130),
    "config": (0, 1, 2, 4),
    "doctor": (0, 1, 2, 4, 130),
    "completion": (0, 2),
    "replay": (0, 1, 2),
    "bundle": (0, 1, 2),
    "sandbox": (0, 1, 2),
}
"""By command: the exit codes it has; those that are not here have all of them."""

_OFFLINE: Final = frozenset({"completion", "sandbox", "demo", "replay", "bundle"})
_ENVIRONMENT: Final = (
    ("TWILIO_ACCOUNT_SID", "the account, with either"),
    ("TWILIO_API_KEY, TWILIO_API_SECRET", "or"),
    ("TWILIO_AUTH_TOKEN", ""),
    ("ROOMTUI_PROFILE", "as --profile"),
    ("ROOMTUI_API_URL", "as --api-url"),
    ("HTTPS_PROXY, NO_PROXY", "the way out"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "who is trusted, not the system's list"),
    ("NO_COLOR", "no colours on the dashboard"),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "where profiles and journal are"),
)


def below_the_options(command: str | None) -> str:
    """The end of a command's help, None: of the program's; in click's mark-up."""
    parts = []
    examples = EXAMPLES.get(command, ()) if command is not None else ()
    if examples:
        parts.append(_block("Examples", (f"{line}\n      {what}" if what else line for line, what in examples)))
    exits = _CODES if command is None else _EXITS.get(command, tuple(_CODES))
    parts.append(_block("Exit codes", (f"{code:<4} {_CODES[code]}" for code in exits)))
    if command not in _OFFLINE:
        width = max(len(name) for name, _ in _ENVIRONMENT)
        parts.append(_block("Environment", (f"{name:<{width}}  {what}".rstrip() for name, what in _ENVIRONMENT)))
    return "\n\n".join(parts)


def _block(title: str, lines: Iterable[str]) -> str:
    written = "\n".join(f"  {line}" for line in lines)
    return f"\b\n{title}:\n{written}"
