"""Keys in AWS KMS: `awskms:KEY`, and `awskms://[ENDPOINT]/KEY` as cosign writes it.

KEY is a key's identifier, its ARN, `alias/NAME` or that one's ARN. Credentials and region are
the environment's, as for every client of AWS. The region in an ARN wins.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from aiverify.errors import UsageError
from aiverify.signing.keys import remote
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.public import from_crypto, load_public, pem_of
from aiverify.signing.keys.remote import Faults, RemoteSigner


def open_key(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A key of AWS KMS. `key` is what follows the scheme.

    Raises:
        UsageError: the words name no key, its kind is none of ours, or boto3 is missing.
        UndecidedError: the service did not answer.
        InputError: it refused.
    """
    del ask
    endpoint, name = _split(key, where)
    boto3 = remote.library("boto3", where, "aws")
    config = remote.library("botocore.config", where, "aws").Config(
        connect_timeout=remote.CONNECT_SECONDS,
        read_timeout=remote.READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": remote.ATTEMPTS},
    )
    theirs = remote.library("securesystemslib.signer", where, "aws")
    faults = _faults(where)
    session = boto3.Session()
    if not session.region_name:
        raise UsageError(f"{where} needs a region", hint="Set AWS_DEFAULT_REGION to one.")
    with faults.told(where):
        client = session.client(
            "kms", endpoint_url=endpoint, region_name=_region(name), config=config
        )
        public = load_public(pem_of(client.get_public_key(KeyId=name)["PublicKey"]), where)
        ours = from_crypto(public)
        if ours.algorithm == "ed25519":
            raise UsageError(f"{where} is an Ed25519 key, which AWS KMS uses for short texts only")
        signer = _signer(theirs)(name, theirs.SSlibKey.from_crypto(public))
    signer.client = client
    return RemoteSigner(where, ours, signer, faults)


def _split(key: str, where: str) -> tuple[str | None, str]:
    host = ""
    if key.startswith("//"):
        host, _, key = key[2:].partition("/")
    if not key:
        raise UsageError(f"{where} names no key", hint="Write `awskms:alias/NAME` or an ARN.")
    return f"https://{host}" if host else None, key


def _region(name: str) -> str | None:
    parts = name.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 5 else None


def _signer(theirs: ModuleType) -> Any:
    """The signer's class, with P-521, which AWS has and securesystemslib 1.6 leaves out."""
    algorithms = {**theirs.AWSSigner.aws_algos, theirs.ECDSA_SHA2_NISTP521: "ECDSA_SHA_512"}
    return type("AWSSigner", (theirs.AWSSigner,), {"aws_algos": algorithms})


def _faults(where: str) -> Faults:
    errors = remote.library("botocore.exceptions", where, "aws")

    def is_outage(error: Exception) -> bool:
        if isinstance(error, errors.ClientError):
            response = getattr(error, "response", {})
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            return status >= 500 or "Throttl" in response.get("Error", {}).get("Code", "")
        return isinstance(error, (errors.HTTPClientError, errors.ConnectionError))

    return Faults((errors.BotoCoreError, errors.ClientError), is_outage)
