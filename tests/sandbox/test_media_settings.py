"""`/v1/RecordingSettings/Default` and `/v1/CompositionSettings/Default`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

RECORDINGS, COMPOSITIONS = "/v1/RecordingSettings/Default", "/v1/CompositionSettings/Default"
CREDENTIAL, KEY = f"CR{'a' * 32}", f"CR{'B' * 32}"
BUCKET = "https://my-super-duper-bucket.s3.amazonaws.com/my/path/"


@pytest.mark.parametrize("path", [RECORDINGS, COMPOSITIONS])
async def test_settings_begin_plain_and_are_kept(client: Client, path: str) -> None:
    plain = (await client.get(path)).json
    assert plain == {
        "account_sid": client.sandbox.credentials.account_sid,
        "friendly_name": None,
        "aws_credentials_sid": None,
        "aws_s3_url": None,
        "aws_storage_enabled": False,
        "encryption_key_sid": None,
        "encryption_enabled": False,
        "url": f"{client.sandbox.url}{path}",
    }
    reply = await client.post(
        path,
        FriendlyName="friendly_name",
        AwsCredentialsSid=CREDENTIAL,
        EncryptionKeySid=KEY,
        AwsS3Url=BUCKET,
        AwsStorageEnabled="true",
        EncryptionEnabled="TRUE",
    )
    assert reply.status == 200
    assert reply.json == {
        **plain,
        "friendly_name": "friendly_name",
        "aws_credentials_sid": CREDENTIAL,
        "aws_s3_url": BUCKET,
        "aws_storage_enabled": True,
        "encryption_key_sid": KEY,
        "encryption_enabled": True,
    }
    assert (await client.get(path)).json == reply.json


async def test_recordings_and_compositions_have_settings_of_their_own(client: Client) -> None:
    before = (await client.get(COMPOSITIONS)).json
    await client.post(RECORDINGS, FriendlyName="recordings")
    assert (await client.get(COMPOSITIONS)).json == before


async def test_what_is_not_given_stays(client: Client) -> None:
    first = (await client.post(RECORDINGS, FriendlyName="one", AwsS3Url=BUCKET, AwsStorageEnabled="true")).json
    second = (await client.post(RECORDINGS, FriendlyName="Upload encrypted", EncryptionEnabled="true")).json
    assert second == {**first, "friendly_name": "Upload encrypted", "encryption_enabled": True}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"FriendlyName": ""},
        {"EncryptionEnabled": "true"},
        {"FriendlyName": "x", "AwsCredentialsSid": "CRshort"},
        {"FriendlyName": "x", "AwsCredentialsSid": f"AC{'a' * 32}"},
        {"FriendlyName": "x", "EncryptionKeySid": f"CR{'g' * 32}"},
        {"FriendlyName": "x", "AwsS3Url": "my-bucket/path"},
        {"FriendlyName": "x", "AwsS3Url": "s3://my-bucket/path"},
        {"FriendlyName": "x", "AwsS3Url": "https://my_bucket/path"},
        {"FriendlyName": "x", "AwsS3Url": "https://bucket/a b"},
        {"FriendlyName": "x", "AwsS3Url": "https://bucket/ü"},
        {"FriendlyName": "x", "AwsStorageEnabled": "1"},
        {"FriendlyName": "x", "EncryptionEnabled": "perhaps", "AwsS3Url": BUCKET},
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(client: Client, form: dict[str, str]) -> None:
    before = (await client.get(RECORDINGS)).json
    reply = await client.post(RECORDINGS, **form)
    assert (reply.status, reply.json["code"]) == (400, 20001)
    assert (await client.get(RECORDINGS)).json == before


async def test_settings_cannot_be_deleted(client: Client) -> None:
    reply = await client.ask("DELETE", RECORDINGS)
    assert (reply.status, reply.json["code"]) == (405, 20004)
