"""Who we are to Twilio and how we behave: options, environment, profiles in a file. Where files live."""

from roomtui.config.errors import ConfigError, CredentialsMissingError
from roomtui.config.load import load, load_account
from roomtui.config.places import config_file, journal_file, state_file
from roomtui.config.settings import Account, AlertTable, Config, Source, Typed

__all__ = [
    "Account",
    "AlertTable",
    "Config",
    "ConfigError",
    "CredentialsMissingError",
    "Source",
    "Typed",
    "config_file",
    "journal_file",
    "load",
    "load_account",
    "state_file",
]
