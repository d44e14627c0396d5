"""Where the password of a private key comes from."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.files.extent import Extent

VARIABLE = "AIVERIFY_PASSWORD"
_MAX_SIZE = 4096


def for_reading(file: Path | None, shown: str) -> bytes:
    """The password of a key that has one: from the file, the environment, or the terminal.

    Raises:
        UsageError: there is none of the three.
    """
    given = _given(file)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            f"{shown} is encrypted, and there is no password for it",
            hint=f"Give --password-file, or set {VARIABLE}.",
        )
    return getpass.getpass(f"Password for {shown}: ").encode()


def for_new_key(file: Path | None) -> bytes:
    """The password for a new key, asked for twice on a terminal; empty for none.

    Raises:
        UsageError: the two answers differ.
    """
    given = _given(file)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return b""
    first = getpass.getpass("Password for the new key (empty for none): ")
    if first and getpass.getpass("The same again: ") != first:
        raise UsageError("the two passwords differ")
    return first.encode()


def _given(file: Path | None) -> bytes | None:
    if file is not None:
        password = Extent.of_named(file).read(_MAX_SIZE).rstrip(b"\r\n")
        if not password:
            raise UsageError(f"{printable(str(file))} holds no password")
        return password
    stated = os.environ.get(VARIABLE)
    return None if stated is None else os.fsencode(stated)
