"""Verifying a target: words of the command line to trust, engine and the pipeline."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.identity import NamePattern
from aiverify.core.names import printable
from aiverify.core.report import Report
from aiverify.core.terms import Terms
from aiverify.core.trust import Signer, Trust, TrustedAuthority, TrustedIdentity
from aiverify.errors import UsageError
from aiverify.files.extent import mode_of
from aiverify.files.progress import Progress
from aiverify.policy.opa.place import OpaPlace
from aiverify.registry.place import Place
from aiverify.signing import certificates, keys, material, predicates
from aiverify.signing.material import Material
from aiverify.verify.evidence import Context, Request
from aiverify.verify.location import Location
from aiverify.verify.pipeline import verify
from aiverify.verify.profile import Profile, read_profile
from aiverify.verify.required import Required
from aiverify.verify.summary import rely
from aiverify.verify.target import plain_path, read_signature

_DIGEST = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is trusted, in the words of a command line: each is a signer of their own.

    `keys` are paths or URIs, `roots` certificate files, of which all together are one
    authority; `identity` is a name, or with `identity_is_pattern` one with wildcards, and
    `issuer` is who vouches for it.
    """

    keys: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()
    identity: str = ""
    identity_is_pattern: bool = False
    issuer: str = ""

    def __bool__(self) -> bool:
        return bool(self.keys or self.roots or self.identity or self.issuer)


NOBODY = Whom()


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A verification as somebody asks for it. Trust comes from a profile, or from `whom`.

    `attested` are types of attestation that must be there; `trust_config` is the trust
    configuration of a Sigstore instance instead of the public-good one, which `offline` takes
    as it was last seen. `uri` is what a summary must be about, where only a digest is known;
    `registries` is how those are reached that have policies;
    `opa` is what judges instead of the embedded engine, and `terms` are those on which policies
    judge, beside the profile's.
    """

    location: Location
    whom: Whom = NOBODY
    profile: Path | None = None
    signatures: tuple[Path, ...] = ()
    attestations: tuple[Path, ...] = ()
    attested: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_unsigned: bool = False
    only: tuple[str, ...] = ()
    base: Location | None = None
    trust_config: Path | None = None
    offline: bool = False
    uri: str = ""
    opa: OpaPlace | None = None
    registries: Place = field(default_factory=Place)
    terms: Terms = field(default_factory=Terms)


def verify_target(request: VerifyRequest, progress: Progress) -> Report:
    """Run the pipeline; or, where the target is a digest, rely on a summary of its verdict.

    Raises:
        UsageError: trust comes from nowhere, or from two places; or a base is named for what
            is no adapter.
        InputError: the target, a key, the profile or a policy cannot be read.
        UndecidedError: a key's service, or the keys of Sigstore, are out of reach.
    """
    if _is_digest(request.location):
        return _rely(request, progress)
    wanted = request_of(request)
    with closing(context_for(request, progress)) as context:
        return verify(wanted, context)


def request_of(request: VerifyRequest) -> Request:
    """What of a request is about the artifact. Raises UsageError for a path that is none."""
    return Request(
        request.location,
        request.signatures,
        tuple(plain_path(path) for path in request.ignore),
        request.ignore_unsigned,
        request.base,
        request.attestations,
        tuple(plain_path(path) for path in request.only),
    )


def _is_digest(location: Location) -> bool:
    """Whether the target is a digest. A file of that name would be a target of its own."""
    if not isinstance(location, Path) or not _DIGEST.fullmatch(str(location)):
        return False
    return mode_of(location) is None


def _rely(request: VerifyRequest, progress: Progress) -> Report:
    if request.profile is None:
        raise UsageError(
            "a digest has no bytes to verify, and trust in summaries comes from a profile",
            hint="Give --profile, with the summary as --attestation.",
        )
    of_files = {
        "--signature": request.signatures,
        "--require": request.attested,
        "--only": request.only,
        "--ignore": request.ignore,
        "--ignore-unsigned": request.ignore_unsigned,
        "--base": request.base,
    }
    for option, value in of_files.items():
        if value:
            raise UsageError(
                f"{option} is about files, and a digest has none at hand",
                hint="Leave it out, or verify the files.",
            )
    refuse_terms(request.terms, "a summary is of what judged it, and {} asks for another verdict")
    sources = [read_signature(path) for path in request.attestations]
    with closing(context_for(request, progress)) as context:
        return rely(Digest.parse(str(request.location)), sources, context, uri=request.uri)


def refuse_terms(terms: Terms, why: str) -> None:
    """Stop where policies cannot be asked on the terms of a command line.

    Raises:
        UsageError: there are any; `why` says so of the option that it leaves room for.
    """
    asked = {
        "--at": terms.at,
        "--fail-on-warn": terms.fail_on_warn,
        "--include": terms.include,
        "--exclude": terms.exclude,
    }
    for option, value in asked.items():
        if value:
            raise UsageError(why.format(option), hint=f"Leave {option} out.")


def context_for(request: VerifyRequest, progress: Progress) -> Context:
    """What the request allows verification to rely on; to be closed. Raises as `verify_target`."""
    if request.profile and request.whom:
        raise UsageError(
            "trust comes from the profile or from the command line, not from both",
            hint="Leave out --profile, or --key, --cert-chain and --identity.",
        )
    required = tuple(Required(predicates.named(name).uri) for name in request.attested)
    if request.profile is None:
        trust = trust_in(request.whom)
        context = Context(
            trust,
            time.time_ns(),
            material_for(trust.signers, request.trust_config, offline=request.offline),
            required,
            progress=progress,
        )
        return _with_policies(context, request, None)
    profile = read_profile(request.profile)
    context = _profiled(profile, request, progress)
    context = replace(context, required=(*context.required, *required))
    return _with_policies(context, request, profile)


def _profiled(profile: Profile, request: VerifyRequest, progress: Progress) -> Context:
    config = request.trust_config or profile.sigstore
    summing = profile.summaries.trust.signers if profile.summaries else ()
    return Context(
        profile.trust,
        time.time_ns(),
        material_for((*profile.trust.signers, *summing), config, offline=request.offline),
        profile.required,
        profile.summaries,
        unread=profile.unread,
        globals=profile.globals,
        waivers=profile.waivers,
        require_sbom=profile.require_sbom,
        profile=profile.digest,
        progress=progress,
    )


def material_for(
    signers: Iterable[Signer], config: Path | None, *, offline: bool
) -> Material | None:
    """Sigstore's keys: a file's, or the public-good ones where a signer is not known without.

    Raises:
        InputError: the file cannot be read, or is no trust configuration.
    """
    if config is not None:
        return material.from_file(config)
    needed = any(s.identities or s.logged or s.timestamped for s in signers)
    return material.public_good(offline=offline) if needed else None


def trust_in(whom: Whom) -> Trust:
    """Whom a command line names: any one of them is enough.

    Raises:
        UsageError: nobody is named, or an identity without its issuer.
        InputError: a key or certificate cannot be read.
        UndecidedError: a key's service is out of reach.
    """
    if not whom:
        raise UsageError(
            "nobody is trusted, so nothing can be verified",
            hint="Give --key, --cert-chain, --identity with --issuer, or --profile.",
        )
    pems = {keys.open_public(where).pem: where for where in whom.keys}
    signers = [Signer.of_keys(name, (pem,)) for pem, name in pems.items()]
    if whom.roots:
        roots = tuple(item for path in whom.roots for item in certificates.read_pem(path))
        name = NamePattern(whom.identity, whom.identity_is_pattern) if whom.identity else None
        named = name if not whom.issuer else None
        signers.append(Signer("certificate", authorities=(TrustedAuthority(roots, named),)))
    if whom.issuer or (whom.identity and not whom.roots):
        signers.append(_somebody(whom))
    return Trust(tuple(signers))


def _somebody(whom: Whom) -> Signer:
    if not whom.issuer:
        raise UsageError(
            f"the identity {whom.identity} needs the issuer who vouches for it",
            hint="Give --issuer, such as https://token.actions.githubusercontent.com.",
        )
    if not whom.identity:
        raise UsageError(
            "an issuer alone would trust everybody whom it knows",
            hint="Say who, with --identity or --identity-pattern.",
        )
    name = NamePattern(whom.identity, whom.identity_is_pattern)
    return Signer(whom.identity, identities=(TrustedIdentity(whom.issuer, name),))


def _with_policies(context: Context, request: VerifyRequest, profile: Profile | None) -> Context:
    """The profile's policies, chosen on its own terms, and those of the command line."""
    if not request.policies and not (profile and profile.policies):
        refuse_terms(request.terms, "{} is about policies, and there is none")
        return context
    from aiverify.operations.policies import Wanted, judge_by
    from aiverify.operations.policy_origin import Origin

    wanted = [Wanted(request.policies, origin=Origin(place=request.registries))]
    if profile:
        shown = printable(str(request.profile))
        origin = Origin(profile.policy_trust, context.material, request.registries)
        own = Wanted(profile.policies, profile.terms, profile.directory, shown, origin)
        wanted.insert(0, own)
    judge = judge_by(wanted, profile.config if profile else {}, request.terms, request.opa)
    policies = {module.origin: str(module.digest) for module in judge.policies.modules}
    return replace(context, engine=judge.engine, policies=policies, scale=judge.scale)
