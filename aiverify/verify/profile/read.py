"""Reading a profile, whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.globals import Allowlist
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.terms import Terms
from aiverify.core.trust import Revoked, Trust
from aiverify.core.waiver import Waiver
from aiverify.core.words import counted
from aiverify.errors import MalformedError, UsageError
from aiverify.files.extent import Extent
from aiverify.signing import predicates
from aiverify.verify.profile import fields
from aiverify.verify.profile.judging import read_exceptions, read_policies
from aiverify.verify.profile.trust import read_trust
from aiverify.verify.required import Required, SummaryTrust

API_VERSION = "aiverify.dev/profile/v1"
_MAX_SIZE = 1 << 20
_KNOWN = {
    "apiVersion",
    "trust",
    "require",
    "contents",
    "policies",
    "exceptions",
    "config",
    "summaries",
}

DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\.(\*|[^\W\d]\w*)")
"""A global with its module, or a module and all in it."""


@dataclass(frozen=True)
class Profile:
    """What is trusted, what is required, and which policies judge.

    `sigstore` is the trust configuration of a Sigstore instance, None for the public-good one;
    `required` are attestations that must be there; `summaries` says whose summaries of a verdict
    stand for the bytes; `policies` are paths, or shipped rules as `aiverify:NAME`, and `terms`
    those on which they judge, `policy_trust` who must have signed them; `waivers` are exceptions;
    `config` is what policies see as `data.config`; `globals` are what pickles may import beyond
    what is known to be harmless; `digest` is the file's own, `sha256:<hex>`.
    """

    trust: Trust
    policies: tuple[str, ...]
    digest: str
    directory: Path
    unread: Severity = Severity.ERROR
    globals: Allowlist = field(default_factory=Allowlist)
    require_sbom: bool = False
    required: tuple[Required, ...] = ()
    summaries: SummaryTrust | None = None
    sigstore: Path | None = None
    config: Mapping[str, Json] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    policy_trust: Trust | None = None
    waivers: tuple[Waiver, ...] = ()


def read_profile(path: Path) -> Profile:
    """Read a profile. Paths in it are relative to the directory it lies in.

    Raises:
        InputError: it, or a key that it names, cannot be read.
        MalformedError: it is not YAML, a field is unknown or of the wrong type, or its
            trust cannot be met or trusts nobody.
    """
    data = Extent.of_named(path).read(_MAX_SIZE)
    shown = printable(str(path))
    found = fields.members(_parse(data, shown), _KNOWN, shown)
    if found.get("apiVersion") != API_VERSION:
        raise MalformedError(f"{shown}: apiVersion must be {API_VERSION}")
    trust = read_trust(found.get("trust"), path.parent, shown)
    require = fields.members(
        found.get("require", {}), {"sbom", "attestations"}, f"{shown}: require"
    )
    contents = fields.members(
        found.get("contents", {}), {"unread", "globals"}, f"{shown}: contents"
    )
    policies = read_policies(found, trust, shown)
    return Profile(
        trust=trust,
        policies=policies.names,
        digest=str(Digest.of(data)),
        directory=path.parent,
        unread=_choice(contents, "unread", shown),
        globals=_globals(contents, f"{shown}: contents.globals"),
        require_sbom=fields.flag(require, "sbom", shown),
        required=_required(require, trust, f"{shown}: require.attestations"),
        summaries=_summaries(found, path.parent, shown, trust.revoked),
        sigstore=_sigstore(fields.mapping(found["trust"], shown), path.parent, shown),
        config=fields.mapping(found.get("config", {}), f"{shown}: config"),
        terms=policies.terms,
        policy_trust=policies.trust,
        waivers=read_exceptions(found, shown),
    )


def _summaries(
    members: Mapping[str, Json], directory: Path, shown: str, gone: Revoked
) -> SummaryTrust | None:
    """Signers of their own: who sums up a verdict need not be trusted to make artifacts.

    What was revoked counts for neither.
    """
    if "summaries" not in members:
        return None
    where = f"{shown}: summaries"
    found = fields.members(members["summaries"], {"signers", "max_age"}, where)
    trust = read_trust({"signers": found.get("signers", [])}, directory, shown, name="summaries")
    return SummaryTrust(replace(trust, revoked=gone), fields.age(found, "max_age", where))


def _sigstore(trust: Mapping[str, Json], directory: Path, shown: str) -> Path | None:
    if "sigstore" not in trust:
        return None
    return directory / fields.text(trust["sigstore"], f"{shown}: trust.sigstore")


def _required(require: Mapping[str, Json], trust: Trust, where: str) -> tuple[Required, ...]:
    """Predicate types, each by itself or with who must attest it and how recently."""
    listed = fields.sequence(require.get("attestations", []), where)
    return tuple(_requirement(item, trust, where) for item in listed)


def _requirement(value: Json, trust: Trust, where: str) -> Required:
    if not isinstance(value, Mapping):
        value = {"type": value}
    found = fields.members(value, {"type", "max_age", "signers", "threshold"}, where)
    signers = fields.texts(found.get("signers", []), f"{where}.signers")
    if "signers" in found and not signers:
        raise MalformedError(f"{where}.signers is an empty list", hint="Name one, or remove it.")
    unknown = sorted(set(signers).difference(signer.name for signer in trust.signers))
    if unknown:
        raise MalformedError(f"{where} names {printable(unknown[0])}, who is no signer")
    threshold = fields.number(found, "threshold", 1, where)
    if threshold > len(trust.signers):
        raise MalformedError(
            f"{where}: the threshold is {threshold}, and trust names "
            f"{counted(len(trust.signers), 'signer')}"
        )
    try:
        return Required(
            predicates.named(fields.text(found.get("type"), f"{where}.type")).uri,
            fields.age(found, "max_age", where),
            frozenset(signers),
            threshold,
        )
    except UsageError as error:
        raise MalformedError(f"{where}: {error.message}", hint=error.hint) from error


def _parse(data: bytes, shown: str) -> Json:
    from aiverify.core import yamlvalue

    try:
        return yamlvalue.parse(data.decode("utf-8-sig"), "the profile")
    except UnicodeError as error:
        raise MalformedError(f"{shown} is not valid UTF-8") from error
    except MalformedError as error:
        raise MalformedError(f"{shown}, {error.message}") from error


def _globals(members: Mapping[str, Json], where: str) -> Allowlist:
    names = fields.texts(members.get("globals", []), where)
    for name in names:
        if not DOTTED.fullmatch(name):
            raise MalformedError(
                f"{where} names {printable(name)}, which is no global",
                hint="Name one as module.name, or a whole module as module.*.",
            )
    return Allowlist.of(names)


def _choice(members: Mapping[str, Json], key: str, shown: str) -> Severity:
    value = members.get(key, "deny")
    if value not in ("deny", "warn"):
        raise MalformedError(f"{shown}: {key} must be deny or warn")
    return Severity.ERROR if value == "deny" else Severity.WARNING
