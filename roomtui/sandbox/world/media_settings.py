"""Where an account's recordings or compositions are stored, and whether encrypted: one `Default` resource for each.

Only kept, since the sandbox makes no media: Recording Settings and Composition Settings resources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.world.parameters import boolean, first_of, is_utf8
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.sids import is_sid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_S3_URL = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
)
"""A DNS-compliant host and a path of the characters of RFC 3986."""


@dataclass(slots=True)
class MediaSettings:
    """The settings of the recordings or of the compositions of an account.

    Attributes:
        aws_credentials_sid: a stored credential, `CR` and 32 digits.
        aws_s3_url: where media is to be stored.
        encryption_key_sid: a public key, `CR` and 32 digits.
    """

    friendly_name: str | None = None
    aws_credentials_sid: str | None = None
    aws_s3_url: str | None = None
    aws_storage_enabled: bool = False
    encryption_key_sid: str | None = None
    encryption_enabled: bool = False

    def change(self, parameters: Mapping[str, Sequence[str]]) -> None:
        """Take over what a request gives; what it does not give stays, as in the example of the documents.

        Raises:
            Refusal: 20001 without a friendly name, or for a value that cannot be; nothing is changed then.
        """
        friendly_name = _friendly_name(parameters)
        aws_credentials_sid = _credential(parameters, "AwsCredentialsSid", self.aws_credentials_sid)
        encryption_key_sid = _credential(parameters, "EncryptionKeySid", self.encryption_key_sid)
        aws_s3_url = _s3_url(parameters, self.aws_s3_url)
        aws_storage_enabled = _flag(parameters, "AwsStorageEnabled", default=self.aws_storage_enabled)
        self.encryption_enabled = _flag(parameters, "EncryptionEnabled", default=self.encryption_enabled)
        self.friendly_name = friendly_name
        self.aws_credentials_sid = aws_credentials_sid
        self.encryption_key_sid = encryption_key_sid
        self.aws_s3_url = aws_s3_url
        self.aws_storage_enabled = aws_storage_enabled


def _friendly_name(parameters: Mapping[str, Sequence[str]]) -> str:
    name = first_of(parameters.get("FriendlyName"))
    if not name:
        raise Refusal(20001, "Missing required parameter FriendlyName in the post body")
    if not is_utf8(name):
        raise Refusal(20001, "Invalid parameter FriendlyName: must be valid UTF-8")
    return name


def _credential(parameters: Mapping[str, Sequence[str]], name: str, known: str | None) -> str | None:
    sid = first_of(parameters.get(name))
    if sid is None:
        return known
    if not is_sid(sid, "CR"):
        raise Refusal(20001, f"Invalid parameter {name}: must be CR and 32 hexadecimal digits")
    return sid


def _s3_url(parameters: Mapping[str, Sequence[str]], known: str | None) -> str | None:
    url = first_of(parameters.get("AwsS3Url"))
    if url is None:
        return known
    if not url.isascii() or not _S3_URL.fullmatch(url):
        raise Refusal(20001, "Invalid parameter AwsS3Url: must be the URL of an S3 bucket")
    return url


def _flag(parameters: Mapping[str, Sequence[str]], name: str, *, default: bool) -> bool:
    text = first_of(parameters.get(name))
    flag = default if text is None else boolean(text)
    if flag is None:
        raise Refusal(20001, f"Invalid parameter {name}: must be true or false")
    return flag
