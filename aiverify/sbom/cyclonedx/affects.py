"""What a vulnerability does to the components of the bill, and what repairs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Property
from aiverify.sbom.cyclonedx.component import MAX_VERSION
from aiverify.sbom.cyclonedx.values import MISFIT, given
from aiverify.sbom.cyclonedx.xmltext import escaped
from aiverify.sbom.vulnerability import Affects, Vulnerability

EFFECT = "aiverify:vulnerability:effect"
"""A ref, a version, a colon and the effect, where CycloneDX has no version to say it of."""

REASON = "aiverify:vulnerability:reason"
"""A ref, a colon and why the effect is not known."""


def affects(item: Vulnerability, names: Mapping[str, str]) -> list[Json]:
    """Each component of the bill once, with the effect on each version that it has."""
    versions: dict[str, list[Json]] = {}
    for affected in item.affects:
        if affected.ref in names:
            listed = versions.setdefault(affected.ref, [])
            if _holds_version(affected):
                listed.append({"version": affected.version, "status": affected.effect.value})
    return [{"ref": ref, **given({"versions": listed})} for ref, listed in versions.items()]


def effects(item: Vulnerability, names: Mapping[str, str]) -> Iterator[Property]:
    """What `affects` has no place for."""
    for affected in item.affects:
        if affected.ref not in names:
            yield Property(f"{MISFIT}affects", f"{affected.ref} {affected.version}".strip())
        elif not _holds_version(affected):
            subject = f"{affected.ref} {affected.version}".strip()
            yield Property(EFFECT, f"{subject}: {affected.effect}")
        if affected.reason:
            yield Property(REASON, f"{affected.ref}: {affected.reason}")


def recommendation(item: Vulnerability, names: Mapping[str, str]) -> str:
    """To which versions to update, one sentence for each component that has any."""
    sentences = (
        f"Update {names[affected.ref]} to {' or '.join(affected.fixed)}."
        for affected in item.affects
        if affected.fixed and affected.ref in names
    )
    return " ".join(dict.fromkeys(sentences))


def _holds_version(affected: Affects) -> bool:
    return 0 < len(escaped(affected.version)) <= MAX_VERSION
