"""Verifying a target: words of the command line to trust, engine and the pipeline."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.core.report import Report
from aiverify.core.trust import Signer, Trust
from aiverify.errors import UsageError
from aiverify.files.progress import Progress
from aiverify.signing.keys import read_public
from aiverify.verify.evidence import Context, Request
from aiverify.verify.pipeline import verify
from aiverify.verify.profile import read_profile
from aiverify.verify.target import plain_path


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A verification as somebody asks for it. Trust comes from a profile or from keys."""

    path: Path
    keys: tuple[Path, ...] = ()
    profile: Path | None = None
    signatures: tuple[Path, ...] = ()
    policies: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_unsigned: bool = False
    base: Path | None = None


def verify_target(request: VerifyRequest, progress: Progress) -> Report:
    """Run the pipeline.

    Raises:
        UsageError: trust comes from nowhere, or from two places; or a base is named for what
            is no adapter.
        InputError: the target, a key, the profile or a policy cannot be read.
    """
    ignore = tuple(plain_path(path) for path in request.ignore)
    wanted = Request(
        request.path, request.signatures, ignore, request.ignore_unsigned, request.base
    )
    return verify(wanted, context_for(request, progress))


def context_for(request: VerifyRequest, progress: Progress) -> Context:
    """What the request allows verification to rely on."""
    if request.profile and request.keys:
        raise UsageError("trust comes from the profile or from --key, not from both")
    if request.profile is None:
        context = Context(_trust_in(request.keys), time.time_ns(), progress=progress)
        return _with_policies(context, request.policies, {}, Path())
    profile = read_profile(request.profile)
    context = Context(
        profile.trust,
        time.time_ns(),
        unread=profile.unread,
        globals=profile.globals,
        require_sbom=profile.require_sbom,
        profile=profile.digest,
        progress=progress,
    )
    named = (*profile.policies, *(_from_here(name) for name in request.policies))
    return _with_policies(context, named, profile.config, profile.directory)


def _with_policies(
    context: Context, names: Sequence[str], config: Mapping[str, Json], directory: Path
) -> Context:
    if not names:
        return context
    from aiverify.operations.policies import engine_for

    engine, loaded = engine_for(names, config, directory)
    policies = {module.origin: str(module.digest) for module in loaded.modules}
    return replace(context, engine=engine, policies=policies)


def _trust_in(paths: Sequence[Path]) -> Trust:
    """Every key is a signer of its own, and one of them is enough."""
    if not paths:
        raise UsageError(
            "nobody is trusted, so nothing can be verified",
            hint="Give a public key with --key, or a profile with --profile.",
        )
    pems = {read_public(path).pem: str(path) for path in paths}
    return Trust(tuple(Signer(name, (pem,)) for pem, name in pems.items()))


def _from_here(name: str) -> str:
    """A policy named on the command line lies below the working directory, not the profile's."""
    from aiverify.operations.policies import is_shipped

    return name if is_shipped(name) else str(Path(name).resolve())
