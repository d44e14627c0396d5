"""Making a key pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiverify.files import output
from aiverify.signing.keys import PublicKey, generate


@dataclass(frozen=True, slots=True)
class Pair:
    """Where the two halves are, and the public one."""

    private_path: Path
    public_path: Path
    public: PublicKey
    encrypted: bool


def generate_pair(prefix: Path, curve: str, ask: Callable[[], bytes]) -> Pair:
    """Write `PREFIX.key`, readable by its owner only, and `PREFIX.pub`.

    `ask` gives the password, empty for none, once it is known that nothing is in the way.

    Raises:
        OutputError: either exists, or cannot be written.
    """
    private_path = prefix.with_name(prefix.name + ".key")
    public_path = prefix.with_name(prefix.name + ".pub")
    output.refuse_existing(private_path)
    output.refuse_existing(public_path)
    key, password = generate(curve), ask()
    output.write(private_path, key.to_pem(password), mode=0o600)
    output.write(public_path, key.public.pem.encode())
    return Pair(private_path, public_path, key.public, encrypted=bool(password))
