"""Keys that never leave their service or token, through the signers of securesystemslib."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError, UndecidedError, UsageError
from aiverify.signing.keys.public import PublicKey
from aiverify.signing.keys.verifying import is_signed_as_oms

CONNECT_SECONDS = 10
"""How long a client may wait for a service to pick up, where the client lets us say so."""

READ_SECONDS = 30
"""How long it may wait for an answer."""

ATTEMPTS = 3
"""How often it asks."""


@dataclass(frozen=True, slots=True)
class Faults:
    """The errors of a service's client, and which of them mean that it is out of reach."""

    types: tuple[type[Exception], ...]
    is_outage: Callable[[Exception], bool]

    @contextmanager
    def told(self, where: str) -> Iterator[None]:
        """Turn them into ours.

        Raises:
            UndecidedError: the service did not answer.
            InputError: it refused: access denied, no such key, a wrong PIN.
        """
        try:
            yield
        except self.types as error:
            said = printable(str(error) or type(error).__name__)[:300]
            if self.is_outage(error):
                raise UndecidedError(f"{where} is out of reach: {said}") from error
            raise InputError(f"{where} cannot be used: {said}") from error


class TheirSigner(Protocol):
    """What we use of securesystemslib's signers."""

    def sign(self, payload: bytes) -> Any:
        """A signature over the payload, in hexadecimal as the result's `signature`."""
        ...


@dataclass(frozen=True)
class RemoteSigner:
    """A key somewhere else. `where` names it in errors, and is printable."""

    where: str
    public: PublicKey
    _signer: TheirSigner
    _faults: Faults

    def sign(self, data: bytes) -> bytes:
        """A signature over the data, verified before it is handed on.

        Raises:
            UndecidedError: the service did not answer.
            InputError: it refused.
            MalformedError: what it gave is not a signature by its key.
        """
        try:
            with self._faults.told(self.where):
                signature = bytes.fromhex(self._signer.sign(data).signature)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise MalformedError(f"{self.where} gave no signature") from error
        if not is_signed_as_oms(self.public, signature, data):
            raise MalformedError(f"{self.where} gave a signature that its key does not confirm")
        return signature


def library(name: str, where: str, extra: str) -> ModuleType:
    """A library that only one kind of key needs.

    Raises:
        UsageError: it is not installed.
    """
    _silence()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(
            f"{where} needs a library that is not installed",
            hint=f"Install aiverify with its extra `{extra}`.",
        ) from error


def _silence() -> None:
    # It logs what it raises, and without a handler logging prints that to the terminal.
    logger = logging.getLogger("securesystemslib")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
