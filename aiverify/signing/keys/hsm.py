"""Keys in a PKCS#11 token: `hsm:[ID][?label=TOKEN]`, and `pkcs11:` URIs (RFC 7512).

ID is the key's identifier as a number, 2 unless said otherwise (the PIV signature slot). The
environment names the token's library in PYKCS11LIB, and may hold the PIN in AIVERIFY_HSM_PIN.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from aiverify.errors import UsageError
from aiverify.files.extent import Extent
from aiverify.signing.keys import remote
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.public import parse_public
from aiverify.signing.keys.remote import Faults, RemoteSigner

LIBRARY = "PYKCS11LIB"
PIN = "AIVERIFY_HSM_PIN"

_MAX_PIN = 1024


@dataclass(frozen=True, slots=True)
class _Place:
    """Which key on which token, and a file with the PIN."""

    key: int | None
    token: str | None
    pin_file: Path | None = None


def open_key(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A key of a token. `key` is what follows `hsm:`. The PIN is asked for once, if at all.

    Raises:
        UsageError: the words name no key, the variable no library, or python-pkcs11 is missing.
        UndecidedError: the token's library failed.
        InputError: there is no such token or key, or the PIN is wrong.
    """
    found = re.fullmatch(r"([0-9]{1,18})?(?:\?(.*))?", key)
    query = parse_qsl(found[2] or "", keep_blank_values=True) if found else [("", "")]
    if found is None or [name for name, _ in query if name != "label"] or len(query) > 1:
        raise UsageError(f"{where} names no key", hint="Write `hsm:ID` or `hsm:ID?label=TOKEN`.")
    place = _Place(int(found[1]) if found[1] else None, query[0][1] if query else None)
    return _open(place, where, ask)


def open_pkcs11(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A key of a token by its RFC 7512 URI: `token=` and `id=`. Otherwise as `open_key`.

    `pin-source=` may name a file. `pin-value=` is refused, for it would be in the history of
    the shell and in the list of processes.
    """
    path, _, query = key.partition("?")
    attributes, asked = _pairs(path, ";", where), _pairs(query, "&", where)
    if "pin-value" in asked:
        raise UsageError(
            f"{where} holds the PIN itself", hint=f"Put it into {PIN}, or into pin-source's file."
        )
    unknown = attributes.keys() - {"token", "id", "type"} | asked.keys() - _QUERY
    if unknown or "id" not in attributes:
        raise UsageError(
            f"{where} does not name its key by id= and its token by token= alone",
            hint="`pkcs11-tool --list-objects` shows identifiers.",
        )
    if attributes.get("type", "private") not in ("private", "public"):
        raise UsageError(f"{where} names no key but another type of object")
    module = unquote(asked["module-path"]) if "module-path" in asked else None
    if module not in (None, os.environ.get(LIBRARY)):
        raise UsageError(
            f"{where} names another library than {LIBRARY} does", hint=f"Set {LIBRARY} to it."
        )
    token = unquote(attributes["token"]) if "token" in attributes else None
    return _open(_Place(_number(attributes["id"], where), token, _pin_file(asked)), where, ask)


_QUERY = {"module-path", "pin-source"}


def _open(place: _Place, where: str, ask: AskPassword) -> RemoteSigner:
    remote.library("pkcs11", where, "hsm")
    if not os.environ.get(LIBRARY):
        raise UsageError(
            f"{where} needs to know the token's library", hint=f"Set {LIBRARY} to its path."
        )
    theirs = remote.library("securesystemslib.signer", where, "hsm").HSMSigner
    pin = _pin(place.pin_file, where, ask)
    faults = _faults(where)
    with faults.told(where):
        uri, public = theirs.import_(place.key, place.token, pin)
        ours = parse_public(public.keyval["public"].encode(), where)
        signer = theirs.from_priv_key_uri(uri, public, pin)
    return RemoteSigner(where, ours, signer, faults)


def _pairs(text: str, separator: str, where: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(separator) if part]
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise UsageError(f"{where} says a thing twice")
    return {name: value for name, _, value in pairs}


def _number(text: str, where: str) -> int:
    identifier = unquote_to_bytes(text)
    if not identifier or identifier[0] == 0 or len(identifier) > 20:
        # The signer finds a key by a number, written without leading zeros.
        raise UsageError(f"{where} has an identifier that is empty, long or starts with zero")
    return int.from_bytes(identifier, "big")


def _pin_file(asked: dict[str, str]) -> Path | None:
    if "pin-source" not in asked:
        return None
    source = unquote(asked["pin-source"])
    return Path(urlsplit(source).path if source.startswith("file:") else source)


def _pin(file: Path | None, where: str, ask: AskPassword) -> Callable[[str], str]:
    @cache
    def answer(_secret: str) -> str:
        if file is not None:
            pin = Extent.of_named(file).read(_MAX_PIN).rstrip(b"\r\n")
        elif PIN in os.environ:
            pin = os.environb[PIN.encode()]
        else:
            pin = ask(where)
        try:
            return pin.decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"the PIN for {where} is not UTF-8") from error

    return answer


def _faults(where: str) -> Faults:
    errors = remote.library("pkcs11.exceptions", where, "hsm")
    outages = (
        errors.DeviceError,
        errors.DeviceRemoved,
        errors.DeviceMemory,
        errors.GeneralError,
        errors.FunctionFailed,
        errors.TokenNotPresent,
        errors.TokenNotRecognised,
        errors.SessionHandleInvalid,
    )
    # A ValueError is how the signer says that there is no such token, key or curve.
    return Faults((errors.PKCS11Error, ValueError), lambda error: isinstance(error, outages))
