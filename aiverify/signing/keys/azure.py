"""Keys in Azure Key Vault: `azurekms://VAULT.vault.azure.net/[keys/]NAME[/VERSION]`.

Its newest version signs; another can be named only to be told so.
"""

from __future__ import annotations

import re

from aiverify.errors import InputError, UsageError
from aiverify.signing.keys import remote
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.public import parse_public
from aiverify.signing.keys.remote import Faults, RemoteSigner

_NAME = re.compile(
    r"(?://)?([A-Za-z0-9-]+)(?:\.vault\.azure\.net)?/(?:keys/)?([A-Za-z0-9-]+)(?:/([0-9a-f]+))?"
)


def open_key(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A key of Azure Key Vault. `key` is what follows the scheme.

    Raises:
        UsageError: the words name no key, its kind is none of ours, or the libraries are
            missing.
        UndecidedError: the service did not answer.
        InputError: it refused, or the version is not the newest.
    """
    del ask
    named = _NAME.fullmatch(key)
    if named is None:
        raise UsageError(
            f"{where} names no key", hint="Write `azurekms://VAULT.vault.azure.net/keys/NAME`."
        )
    remote.library("azure.identity", where, "azure")
    remote.library("azure.keyvault.keys", where, "azure")
    theirs = remote.library("securesystemslib.signer", where, "azure").AzureSigner
    faults = _faults(where)
    with faults.told(where):
        uri, public = theirs.import_(named[1], named[2])
        if named[3] and not uri.endswith(f"/{named[3]}"):
            raise InputError(f"{where} is not the newest version of the key, which alone signs")
        ours = parse_public(public.keyval["public"].encode(), where)
        signer = theirs.from_priv_key_uri(uri, public)
    return RemoteSigner(where, ours, signer, faults)


def _faults(where: str) -> Faults:
    errors = remote.library("azure.core.exceptions", where, "azure")
    theirs = remote.library("securesystemslib.signer._azure_signer", where, "azure")

    def is_outage(error: Exception) -> bool:
        if isinstance(error, errors.HttpResponseError):
            status = getattr(error, "status_code", None) or 0
            return status >= 500 or status == 429
        return isinstance(error, (errors.ServiceRequestError, errors.ServiceResponseError))

    return Faults((errors.AzureError, theirs.UnsupportedKeyType), is_outage)
