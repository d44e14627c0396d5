"""What a profile needs beside itself: the keys, certificates and policies that it names by path."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aiverify.core import names
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.reference import SCHEME
from aiverify.errors import InputError, UsageError

PROFILE = "aiverify.yaml"
"""What the profile is called in a cluster, whatever it is called here."""

SUMMARIES = "/etc/aiverify/summaries"
"""Where a ConfigMap of summaries is mounted, and what a profile calls it."""

MAX_SIZE = 1 << 20
"""Bytes that a ConfigMap may hold, the names of its entries included."""

APPLIED_BY_CLIENT = 262_144
"""Bytes of an object beyond which `kubectl apply` needs `--server-side`: it would write them into
an annotation, and all annotations may have no more."""

_MOVE = "Put it below the profile's directory, and name it relative to that."


@dataclass(frozen=True, slots=True)
class Carried:
    """A profile and the files that it names, by their paths relative to it."""

    profile: bytes
    files: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """How many bytes a ConfigMap of them has."""
        return len(self.profile) + sum(len(name) + len(data) for name, data in self.files.items())


def carry(path: Path, *, summaries: bool = False) -> Carried:
    """Read a profile and all that it names, and make sure that it can be read from that alone.

    `summaries` says that a ConfigMap of summaries will be mounted at `SUMMARIES`.

    Raises:
        InputError: a file cannot be read.
        MalformedError: the profile is broken.
        UsageError: it names what a ConfigMap cannot hold: a path outside its directory, a private
            key, a variable of this machine's environment, or more than 1 MiB.
    """
    from aiverify.core import yamlvalue
    from aiverify.files.extent import Extent
    from aiverify.verify.profile import read_profile

    read_profile(path)  # says what is wrong with it, by the name that it has here
    data = Extent.of_named(path).read(MAX_SIZE)
    found = yamlvalue.parse(data.decode("utf-8-sig"), "the profile")
    if "kind" in found:  # the object of a cluster, in a file
        found = dict(_mapping(found.get("spec")))
    files: dict[str, bytes] = {}
    for named in sorted(set(_named(found, summaries=summaries))):
        files.update(_read(path.parent, named))
    carried = Carried(data, files)
    _refuse(carried, path)
    return carried


def _refuse(carried: Carried, path: Path) -> None:
    shown = printable(str(path))
    if PROFILE in carried.files:
        raise UsageError(f"{shown} names a file {PROFILE}, which is what it is itself called there")
    for name, data in carried.files.items():
        if b"PRIVATE KEY" in data:
            raise UsageError(
                f"{shown} names {printable(name)}, which holds a private key",
                hint="Name the public key: whoever may read a ConfigMap could sign.",
            )
    if carried.size > MAX_SIZE:
        largest = max(carried.files, key=lambda name: len(carried.files[name]), default=PROFILE)
        raise UsageError(
            f"{shown} and the {len(carried.files)} files that it names have {carried.size} bytes; "
            f"a ConfigMap holds {MAX_SIZE}",
            hint=f"The largest is {printable(largest)}. Push policies to a registry, and name them "
            "oci://...@sha256:...",
        )
    _try(carried)


def _try(carried: Carried) -> None:
    """Read the profile from these files alone, as the webhook will."""
    from aiverify.verify.profile import read_profile

    with tempfile.TemporaryDirectory() as folder:
        for name, data in {**carried.files, PROFILE: carried.profile}.items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        read_profile(Path(folder) / PROFILE)


def _named(profile: Mapping[str, Json], *, summaries: bool) -> Iterator[str]:
    """The paths in a profile, which is known to be a good one."""
    for name in ("trust", "summaries"):
        yield from _of_trust(_mapping(profile.get(name)))
    policies = profile.get("policies")
    listed = policies.get("from") if isinstance(policies, Mapping) else policies
    for text in _texts(listed):
        if not text.startswith((SCHEME, "aiverify:")):
            yield text
    for text in _texts(_mapping(profile.get("admission")).get("summaries")):
        if text != SUMMARIES and not text.startswith(SCHEME):
            yield text
        elif text == SUMMARIES and not summaries:
            raise UsageError(
                f"the profile names {SUMMARIES}, where nothing will be",
                hint="Name the ConfigMap that holds summaries with --summaries.",
            )


def _of_trust(trust: Mapping[str, Json]) -> Iterator[str]:
    for signer in _mappings(trust.get("signers")):
        keys = signer.get("keys")
        for item in keys if isinstance(keys, list) else ():
            key = item.get("key") if isinstance(item, Mapping) else item
            if isinstance(key, str):
                yield from _of_key(key)
        for authority in _mappings(signer.get("certificates")):
            yield from _texts(authority.get("roots"))
    for text in _texts(_mapping(trust.get("revoked")).get("keys")):
        if not text.startswith("sha256:"):
            yield text
    if isinstance(trust.get("sigstore"), str):
        yield str(trust["sigstore"])


def _of_key(key: str) -> Iterator[str]:
    from aiverify.signing import keys

    if key.startswith(keys.ENV):
        raise UsageError(
            f"the profile names the key {printable(key)}, and a pod has no such variable",
            hint="Write the public key into a file, and name that.",
        )
    if not keys.is_remote(key):
        yield key


def _read(directory: Path, named: str) -> Iterator[tuple[str, bytes]]:
    """The file of that name, or each below the directory of that name."""
    from aiverify.files.extent import Extent
    from aiverify.files.tree import list_tree
    from aiverify.verify.target import SIGNATURE_BESIDE_FILE

    pure = PurePosixPath(named)
    if pure.is_absolute() or ".." in pure.parts:
        raise UsageError(f"the profile names {printable(named)}, outside its directory", hint=_MOVE)
    name = names.check(str(pure))
    path = directory / name
    if path.is_dir():
        for member in list_tree(path).members:
            yield f"{name}/{member.name}", member.extent.read(MAX_SIZE)
        return
    yield name, Extent.of_named(path).read(MAX_SIZE)
    beside = path.with_name(path.name + SIGNATURE_BESIDE_FILE)
    if beside.is_file():
        yield name + SIGNATURE_BESIDE_FILE, Extent.of_named(beside).read(MAX_SIZE)


def read_authority(path: Path) -> str:
    """Certificates in PEM, with nothing else.

    Raises:
        InputError: the file cannot be read, or holds none.
        MalformedError: a certificate in it is broken, or there is a key in it.
    """
    import ssl

    from aiverify.signing import certificates

    found = certificates.read_pem(path)
    if not found:
        raise InputError(f"{printable(str(path))} holds no certificate")
    return "".join(map(ssl.DER_cert_to_PEM_cert, found))


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Json) -> Iterator[Mapping[str, Json]]:
    for item in value if isinstance(value, list) else ():
        yield _mapping(item)


def _texts(value: Json) -> Iterator[str]:
    listed = [value] if isinstance(value, str) else value
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, str):
            yield item
