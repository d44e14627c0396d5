"""What a command that writes something says when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.render.page import size
from aiverify.signing.predicates import shown

if TYPE_CHECKING:
    from aiverify.files.tree import Member
    from aiverify.operations.attest import Attested
    from aiverify.operations.bundle import Bundled
    from aiverify.operations.keys import Pair
    from aiverify.operations.sign import Signed
    from aiverify.signing.signatories.interface import Told


def bundled(value: Bundled) -> str:
    """Where the bundle is, both of its digests, and what is not in it."""
    artifact = value.built.artifact
    manifest = artifact.manifest
    return lines(
        (artifact.kind.value, f"{artifact.name} {artifact.version}".rstrip()),
        ("bundle", str(value.built.path)),
        ("files", f"{len(manifest.entries)}, {size(manifest.size)}"),
        ("digest", str(manifest.root)),
        ("manifest", str(value.built.manifest_digest)),
        ("left out", _listed(value.ignored)),
        ("no files in", _listed(value.empty_directories)),
        *(("warning", finding.sentence) for finding in value.findings),
    )


def unpacked(path: Path, members: Sequence[Member]) -> str:
    """How much was written, and where."""
    total = sum(member.extent.size for member in members)
    return lines(
        ("unpacked", str(path)),
        ("files", f"{len(members)}, {size(total)}, each as the bundle says"),
        ("signers", "not looked at; `aiverify verify` does that"),
    )


def generated(pair: Pair) -> str:
    """Both halves of a key pair."""
    return lines(
        ("private key", str(pair.private_path)),
        ("public key", str(pair.public_path)),
        ("fingerprint", pair.public.fingerprint),
    )


def signed(value: Signed, by: Told) -> str:
    """What was signed, by whom, and where the signature is."""
    return lines(
        ("signed", f"{value.name}, {value.files} file{'s' * (value.files != 1)}"),
        ("digest", str(value.root)),
        *by,
        ("signature", str(value.place)),
        ("attested", _attested(value)),
        ("base", value.base),
        ("left out", _listed(value.ignored)),
        ("links out", _listed(value.links_out)),
        ("on trust", _unhashed(value)),
    )


def attested(value: Attested, by: Told) -> str:
    """What was attested of what, by whom, and where the attestation is."""
    return lines(
        ("attested", f"{shown(value.type.uri)} of {value.name}"),
        ("digest", str(value.root)),
        *by,
        ("attestation", str(value.place)),
        ("expires", value.expires),
    )


def _unhashed(value: Signed) -> str:
    """Files that an incremental signature did not hash."""
    if value.on_trust is None:
        return ""
    if not value.on_trust:
        return "nothing: every file was hashed"
    count = counted(len(value.on_trust), "file")
    return f"{count} unchanged by size, times and inode: {_listed(value.on_trust)}"


def _attested(value: Signed) -> str:
    if value.attested:
        return "its SBOM, and what is in it"
    if value.contents:
        return "what is in it" + ("; its SBOM is not vouched for" if value.has_sbom else "")
    return "nothing: the bundle's SBOM is not vouched for" if value.has_sbom else ""


def lines(*rows: tuple[str, str]) -> str:
    """Labels and values, aligned; a label without a value is left out."""
    width = max(len(label) for label, text in rows if text)
    return "\n".join(f"{label:<{width}}  {printable(text)}" for label, text in rows if text)


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
