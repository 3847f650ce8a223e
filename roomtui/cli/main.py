"""`roomtui`: finds the command and runs it; only what that command uses is imported."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.exits import Exit, expected, leave, say, tell_of_a_bug
from roomtui.cli.manual import below_the_options
from roomtui.cli.options import takes_global_options
from roomtui.cli.streams import OutputError, make_good

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from roomtui.config import Typed

_DEFAULT: Final = "watch"
# Where each command is, and the first sentence of its help: the list of commands is shown without loading any.
_COMMANDS: Final = {
    "watch": ("roomtui.cli.dashboard:watch", "The dashboard: all live rooms, what closes first on top."),
    "demo": ("roomtui.cli.dashboard:demo", "The dashboard on a local Twilio with lively traffic."),
    "ls": ("roomtui.cli.listing:ls", "List rooms: who is in, when each will close and why."),
    "show": ("roomtui.cli.showing:show", "Show one room and its participants."),
    "create": ("roomtui.cli.creating:create", "Create a room; its SID goes to stdout."),
    "end": ("roomtui.cli.ending:end", "End rooms for everybody in them."),
    "kick": ("roomtui.cli.kicking:kick", "Put a participant out of a room."),
    "record": ("roomtui.cli.recording:record", "Start or stop the recording of everybody in a room."),
    "dial": ("roomtui.cli.dialling:dial", "Call a phone and put it into a room."),
    "twiml": ("roomtui.cli.snippets:twiml", "Print the TwiML that puts a phone call into a room."),
    "log": ("roomtui.cli.log:log", "The journal of a profile: what happened in its rooms while somebody watched."),
    "config": ("roomtui.cli.config:config", "What is in force, what is wrong with it, and a way to mend it."),
    "doctor": ("roomtui.cli.doctor:doctor", "See whether all is well here: credentials, Twilio, clock, terminal."),
    "completion": (
        "roomtui.cli.completion:completion",
        "Print a script that completes commands, options and profiles.",
    ),
    "replay": ("roomtui.cli.replaying:replay", "Show a shift again that `roomtui watch --record FILE` has recorded."),
    "bundle": ("roomtui.cli.bundling:bundle", "Make one file of roomtui that runs where nothing can be installed."),
    "sandbox": ("roomtui.cli.local:sandbox", "Run a local Twilio Video: Rooms API, timers, and a control plane."),
}


class _Commands(click.Group):
    """Loads a command when it is asked for; without one, watches."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        # Imported modules are no garbage. To look for some in them takes an eighth of the start, and 30 ms at a time
        # later on.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(module), name)
        finally:
            gc.freeze()
            gc.enable()
        command.epilog = below_the_options(cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in _COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # While a shell completes, what is not typed yet may be any command.
        return super().parse_args(ctx, args if ctx.resilient_parsing else self._with_command(ctx, args))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - loaded by whoever completes

        names = [
            CompletionItem(name, help=sentence)
            for name, (_, sentence) in _COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def _with_command(self, ctx: click.Context, args: list[str]) -> list[str]:
        # `roomtui --mouse` is `roomtui watch --mouse`: the first option that is not ours begins the default command.
        takes_value = {
            name: not option.is_flag
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in option.opts
        }
        at = 0
        while at < len(args):
            name, equals, _ = args[at].partition("=")
            if name not in takes_value:
                break
            at += 2 if takes_value[name] and not equals else 1
        if at >= len(args) or args[at].startswith("-"):
            return [*args[:at], _DEFAULT, *args[at:]]
        return args


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=below_the_options(None))
@click.version_option(package_name="roomtui", message="%(prog)s %(version)s")
@takes_global_options
def cli(typed: Typed) -> None:
    """Watch live Twilio Video rooms: who is in, when each room will close and why, and what to do about it.

    Without a command: the dashboard. `roomtui demo` shows it without an account. `roomtui COMMAND --help` is the
    manual of a command. stdout is data, stderr is talk.
    """
    click.get_current_context().obj = typed


def not_allowed_here(error: Exception) -> str | None:
    """What this host does not allow, if that is what ended us."""
    said = str(error)
    if said == "can't start new thread":
        return "No more threads may begin here: other programs of yours take up what `ulimit -u` allows."
    if isinstance(error, ImportError) and "failed to map segment" in said:  # as the C library puts it
        return (
            f"{error.path} may not be loaded: its file system may hold no programs (noexec). "
            "Set PEX_ROOT to a folder elsewhere, or install roomtui there."
        )
    return None


def main() -> None:
    """Run the command line, and end the process."""
    make_good()
    sys.excepthook = tell_of_a_bug
    try:
        code = cli.main(prog_name="roomtui", standalone_mode=False)
    except click.exceptions.Abort:
        say("roomtui: interrupted")
        sys.exit(Exit.INTERRUPTED)
    except click.UsageError as error:
        hint = f" See `{error.ctx.command_path} --help`." if error.ctx is not None else ""
        sentence = error.format_message()
        say(f"roomtui: {sentence}{'' if sentence.endswith(('.', '?')) else '.'}{hint}")
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        say(f"roomtui: {error.format_message()}")
        sys.exit(Exit.FAILED)
    except BrokenPipeError:
        sys.exit(Exit.FAILED)  # whoever read our output has enough of it
    except OutputError as error:
        say(f"roomtui: {error}")
        sys.exit(Exit.FAILED)
    except (ImportError, RuntimeError) as error:
        why = not_allowed_here(error)
        if why is None:
            raise
        say(f"roomtui: {why}")
        sys.exit(Exit.FAILED)
    except expected() as error:
        leave(error)
    sys.exit(code or Exit.DONE)
