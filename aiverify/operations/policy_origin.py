"""Where policies come from: who must have signed them, and what a registry has of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.finding import Severity
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.core.reference import SCHEME, parse
from aiverify.core.report import Report, Verdict
from aiverify.core.trust import Trust
from aiverify.errors import ChangedError, DeniedError, UsageError
from aiverify.files.progress import Silent
from aiverify.policy.sources import SHIPPED, Module, PolicySet, load
from aiverify.registry.place import Place
from aiverify.signing.material import Material
from aiverify.verify.evidence import Context, Request
from aiverify.verify.location import InRegistry


@dataclass(frozen=True, slots=True)
class Origin:
    """Who must have signed policies, and how the registries are reached that have them.

    Without `trust` nobody need have signed them, and one in a registry is named by digest.
    """

    trust: Trust | None = None
    material: Material | None = None
    place: Place = field(default_factory=Place)


def load_from(names: Sequence[str], directory: Path, origin: Origin) -> PolicySet:
    """Load policies: paths below `directory`, shipped rules, or `oci://` references.

    What comes with aiverify is as trusted as aiverify. What must be signed is verified as any
    artifact is, and is what was verified.

    Raises:
        UsageError: no policy is named; or one in a registry is neither signed nor named by digest.
        InputError: a policy cannot be read, or there is none where it is said to be.
        DeniedError: it is not signed by whom it must be.
        UndecidedError: a registry is out of reach.
    """
    if not names:
        return load(())
    found: set[Module] = set()
    for name in names:
        if name.startswith(SHIPPED):
            found.update(load([name]).modules)
        elif name.startswith(SCHEME):
            found.update(_fetched(name, origin))
        else:
            found.update(_here(directory / name, origin))
    return PolicySet(tuple(sorted(found)))


def _here(path: Path, origin: Origin) -> tuple[Module, ...]:
    if origin.trust is None:
        return load([str(path)]).modules
    from aiverify.verify.pipeline import verify

    report = verify(Request(path), _context(origin))
    manifest = _held(report)
    return tuple(_proven(load([str(path)]).modules, manifest, report.target))


def _fetched(name: str, origin: Origin) -> tuple[Module, ...]:
    reference = parse(name)
    if origin.trust is None and reference.digest is None:
        raise UsageError(
            f"the policies {printable(name)} can be moved, and nobody need have signed them",
            hint="Name them by @sha256:..., or have the profile say policies.signed: true.",
        )
    from aiverify.operations.pull import PullRequest, fetch

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "policies"
        request = PullRequest(InRegistry(reference, origin.place), out, None)
        context = _context(origin) if origin.trust else None
        pulled = fetch(request, context, Silent())
        if pulled.report:
            _held(pulled.report)
        shown = printable(str(reference.at(pulled.digest)))
        return tuple(
            replace(module, origin=f"{shown}/{module.name}") for module in load([str(out)]).modules
        )


def _context(origin: Origin) -> Context:
    assert origin.trust
    return Context(origin.trust, time.time_ns(), origin.material)


def _held(report: Report) -> Manifest:
    """The files that were verified.

    Raises:
        DeniedError: they were not allowed.
    """
    if report.verdict is Verdict.ALLOW and report.artifact:
        return report.artifact.manifest
    errors = [item for item in report.findings if item.severity is Severity.ERROR]
    reason = f": {errors[0].sentence}" if errors else ""
    raise DeniedError(
        f"the policies {printable(report.target)} are not signed as the profile demands{reason}",
        hint="Have one of its signers sign them: aiverify sign.",
    )


def _proven(modules: Iterable[Module], manifest: Manifest, target: str) -> Iterable[Module]:
    """Modules that are to the byte what was verified just before."""
    files = manifest.by_name
    for module in modules:
        entry = files.get(module.name)
        if entry is None or entry.digest != module.digest:
            raise ChangedError(f"{printable(target)}: {module.name} changed after it was verified")
        yield module
