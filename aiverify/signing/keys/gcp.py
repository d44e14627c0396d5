"""Keys in Google Cloud KMS: `gcpkms:` or `gcpkms://`, and the name of a key's version."""

from __future__ import annotations

import re

from aiverify.errors import UsageError
from aiverify.signing.keys import remote
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.public import parse_public
from aiverify.signing.keys.remote import Faults, RemoteSigner

_NAME = re.compile(
    r"(?://)?(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)"
    r"/(?:cryptoKeyVersions|versions)/([0-9]+)"
)


def open_key(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A version of a key of Google Cloud KMS. `key` is what follows the scheme.

    Raises:
        UsageError: the words name no version of a key, its kind is none of ours, or
            google-cloud-kms is missing.
        UndecidedError: the service did not answer.
        InputError: it refused.
    """
    del ask
    named = _NAME.fullmatch(key)
    if named is None:
        raise UsageError(
            f"{where} names no version of a key",
            hint="Write `gcpkms:projects/P/locations/L/keyRings/R/cryptoKeys/K/"
            "cryptoKeyVersions/1`.",
        )
    remote.library("google.cloud.kms", where, "gcp")
    theirs = remote.library("securesystemslib.signer", where, "gcp").GCPSigner
    faults = _faults(where)
    with faults.told(where):
        uri, public = theirs.import_(f"{named[1]}/cryptoKeyVersions/{named[2]}")
        ours = parse_public(public.keyval["public"].encode(), where)
        signer = theirs.from_priv_key_uri(uri, public)
    return RemoteSigner(where, ours, signer, faults)


def _faults(where: str) -> Faults:
    calls = remote.library("google.api_core.exceptions", where, "gcp")
    auth = remote.library("google.auth.exceptions", where, "gcp")
    theirs = remote.library("securesystemslib.exceptions", where, "gcp")
    outages = (calls.ServerError, calls.TooManyRequests, calls.RetryError, auth.TransportError)
    types = (calls.GoogleAPIError, auth.GoogleAuthError, theirs.UnsupportedAlgorithmError)
    return Faults(types, lambda error: isinstance(error, outages))
