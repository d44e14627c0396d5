"""Reading a profile, whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.admission import Admission
from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.globals import Allowlist
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.names import printable
from aiverify.core.terms import Terms
from aiverify.core.trust import Revoked, Trust
from aiverify.core.waiver import Waiver
from aiverify.core.words import counted
from aiverify.errors import MalformedError, UnsafeNameError, UsageError
from aiverify.files.extent import Extent
from aiverify.signing import predicates
from aiverify.verify.profile import fields, model
from aiverify.verify.profile.admission import read_admission
from aiverify.verify.profile.base import Base
from aiverify.verify.profile.judging import read_exceptions, read_policies
from aiverify.verify.profile.trust import read_trust
from aiverify.verify.required import Required, SummaryTrust

API_VERSION = "aiverify.dev/profile/v1"
OBJECT_VERSION = "aiverify.dev/v1"
"""The API version of a profile that is an object of a cluster."""

_MAX_SIZE = 1 << 20

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
    what is known to be harmless; `admission` is how a cluster admits; `digest` is the file's own,
    `sha256:<hex>`, or that of an object's canonical JSON.
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
    admission: Admission = field(default_factory=Admission)


def read_profile(path: Path) -> Profile:
    """Read a profile. Paths in it are relative to the directory it lies in.

    The file may hold the object that a cluster has instead (`kind: Profile`), which means the
    same here as there.

    Raises:
        InputError: it, or a key that it names, cannot be read.
        MalformedError: it is not YAML, a field is unknown or of the wrong type, or its
            trust cannot be met or trusts nobody.
    """
    data = Extent.of_named(path).read(_MAX_SIZE)
    shown = printable(str(path))
    document = fields.mapping(_parse(data, shown), shown)
    if "kind" in document:
        found = fields.members(document, model.OBJECT, shown)
        _check_version(found, OBJECT_VERSION, shown)
        if found["kind"] != "Profile":
            raise MalformedError(f"{shown}: kind must be Profile")
        return read_profile_object(found.get("spec"), path.parent, shown=shown)
    found = fields.members(document, model.PROFILE, shown)
    _check_version(found, API_VERSION, shown)
    return _profile(found, Base(path.parent), shown, Digest.of(data))


def read_profile_object(spec: Json, base: Path, *, shown: str = "the profile") -> Profile:
    """Read the `spec` of a profile that is an object of a cluster; `shown` is its name.

    Files that it names lie below `base`, and nothing else can be named. It is the same profile,
    with the same digest, however the API server writes its numbers and orders its members.

    Raises:
        InputError: a key that it names cannot be read.
        MalformedError: as for `read_profile`.
    """
    found = fields.members(spec, model.SPEC, shown)
    try:
        data = canonical(_plain(found))
    except (ValueError, RecursionError, UnsafeNameError) as error:
        raise MalformedError(f"{shown} holds what JSON cannot say") from error
    if len(data) > _MAX_SIZE:
        raise MalformedError(f"{shown} is {len(data)} bytes; the limit here is {_MAX_SIZE}")
    return _profile(found, Base(base, confined=True), shown, Digest.of(data))


def _profile(found: Mapping[str, Json], base: Base, shown: str, digest: Digest) -> Profile:
    trust = read_trust(found.get("trust"), base, shown)
    require = fields.members(found.get("require", {}), model.REQUIRE, f"{shown}: require")
    contents = fields.members(found.get("contents", {}), model.CONTENTS, f"{shown}: contents")
    policies = read_policies(found, trust, base, shown)
    return Profile(
        trust=trust,
        policies=policies.names,
        digest=str(digest),
        directory=base.directory,
        unread=_choice(contents, "unread", shown),
        globals=_globals(contents, f"{shown}: contents.globals"),
        require_sbom=fields.flag(require, "sbom", shown),
        required=_required(require, trust, f"{shown}: require.attestations"),
        summaries=_summaries(found, base, shown, trust.revoked),
        sigstore=_sigstore(fields.mapping(found["trust"], shown), base, shown),
        config=fields.mapping(found.get("config", {}), f"{shown}: config"),
        terms=policies.terms,
        policy_trust=policies.trust,
        waivers=read_exceptions(found, shown),
        admission=read_admission(found, shown),
    )


def _check_version(found: Mapping[str, Json], wanted: str, shown: str) -> None:
    if found.get("apiVersion") != wanted:
        raise MalformedError(f"{shown}: apiVersion must be {wanted}")


def _plain(value: Json) -> Json:
    """A value whose whole numbers are integers: an API server writes 1.0 as 1."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _summaries(
    members: Mapping[str, Json], base: Base, shown: str, gone: Revoked
) -> SummaryTrust | None:
    """Signers of their own: who sums up a verdict need not be trusted to make artifacts.

    What was revoked counts for neither.
    """
    if "summaries" not in members:
        return None
    where = f"{shown}: summaries"
    found = fields.members(members["summaries"], model.SUMMARIES, where)
    trust = read_trust({"signers": found.get("signers", [])}, base, shown, name="summaries")
    return SummaryTrust(replace(trust, revoked=gone), fields.age(found, "max_age", where))


def _sigstore(trust: Mapping[str, Json], base: Base, shown: str) -> Path | None:
    if "sigstore" not in trust:
        return None
    where = f"{shown}: trust.sigstore"
    return base.path(fields.text(trust["sigstore"], where), where)


def _required(require: Mapping[str, Json], trust: Trust, where: str) -> tuple[Required, ...]:
    """Predicate types, each by itself or with who must attest it and how recently."""
    listed = fields.sequence(require.get("attestations", []), where)
    return tuple(_requirement(item, trust, where) for item in listed)


def _requirement(value: Json, trust: Trust, where: str) -> Required:
    if not isinstance(value, Mapping):
        value = {"type": value}
    found = fields.members(value, model.ATTESTATION, where)
    signers = fields.some_texts(found, "signers", where)
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
