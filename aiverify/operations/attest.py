"""Attesting something about an artifact: a predicate of any type, signed and bound to its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiverify.core import mediatypes, rules
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.errors import DeniedError, UsageError
from aiverify.files import output
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_all
from aiverify.operations import clock, places
from aiverify.operations.sign import subjects_beside
from aiverify.signing import predicates, statement
from aiverify.signing.predicates import CYCLONEDX, EXPIRES, PredicateType
from aiverify.signing.signatories import Signatory
from aiverify.verify.location import Location
from aiverify.verify.target import Form, Target, open_target

_MAX_PREDICATE = 64 << 20


@dataclass(frozen=True, slots=True)
class AttestRequest:
    """What to attest about what.

    `predicate` is a JSON document, or None where `stated` holds one already. The attestation
    goes to `out`; else into the bundle, or beside a directory or file. `expires` is after how
    long it no longer counts.
    """

    location: Location
    type: PredicateType
    predicate: Path | None = None
    stated: Mapping[str, Json] | None = None
    out: Path | None = None
    ignore: tuple[str, ...] = ()
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    """What was attested about what, and where the attestation is."""

    type: PredicateType
    name: str
    root: Digest
    place: Location
    expires: str


def attest_target(request: AttestRequest, signatory: Signatory, progress: Progress) -> Attested:
    """Attest a predicate about a directory, a file, or a bundle.

    An SBOM that the files contradict is refused: nobody vouches for an untrue one by accident.

    Raises:
        InputError: the target or the predicate cannot be read.
        MalformedError: the predicate says when it expires, and is not understood.
        DeniedError: a bundle that was altered, or an SBOM that does not describe it.
        OutputError: the attestation cannot be written.
        UsageError: it would replace another's signature, or is to expire and cannot.
        UndecidedError: a service that is needed is out of reach.
    """
    target = open_target(request.location)
    predicate = _predicate(request)
    place = request.out or _place(target, request.type)
    if request.out:
        places.refuse_inside(target, request.out)
    beside = target.location if target.bundle else target.signature_path
    left_out = places.left_out(target, beside, request.ignore)
    tree = target.tree(left_out, follow=True)
    manifest = Manifest.of(digest_all(tree.members, progress))
    if target.bundle:
        target.bundle.refuse_altered(manifest.entries)
    if request.type.uri == CYCLONEDX:
        _refuse_untrue(predicate, target, manifest)
    name = target.signed_name
    file = manifest.entries[0].digest if target.form is Form.FILE else None
    also = subjects_beside(target, file)
    says = statement.attesting(request.type.uri, predicate, name, manifest.root, *also)
    if target.bundle and request.out is None:
        from aiverify.operations.attaching import attach_to

        data = signatory.sign(says).to_bytes()
        attach_to(target.bundle, [(mediatypes.SIGNATURE, request.type.uri, data)])
    else:
        assert isinstance(place, Path)
        places.refuse_replacing(place, signatory)
        output.write(place, signatory.sign(says).to_bytes())
    until = predicate.get(EXPIRES)
    return Attested(
        request.type, name, manifest.root, place, until if isinstance(until, str) else ""
    )


def _place(target: Target, kind: PredicateType) -> Location:
    """Into a bundle; beside a directory or file, where it is no part of what was signed."""
    if target.bundle:
        return target.location
    ending = "".join(char if char.isalnum() or char in "-._" else "-" for char in kind.name)
    return target.path.with_name(f"{target.own_name}.{ending[-60:]}.sigstore.json")


def _predicate(request: AttestRequest) -> dict[str, Json]:
    if request.stated is not None:
        found = dict(request.stated)
    elif request.predicate is not None:
        data = Extent.of_named(request.predicate).read(_MAX_PREDICATE)
        found = load_object(data, printable(str(request.predicate)))
    else:
        raise UsageError(
            "there is nothing to attest", hint="Give the predicate, a JSON file, with --predicate."
        )
    predicates.expiry(found)
    if request.expires is None:
        return found
    if not request.type.extensible:
        raise UsageError(
            f"a document of the type {request.type.name} has no place for when it expires",
            hint="Leave --expires out, and have profiles demand a max_age.",
        )
    # Whoever verifies holds this against the present, and not against a time that is fixed.
    return {**found, EXPIRES: clock.rfc3339(datetime.now(UTC) + request.expires)}


def _refuse_untrue(document: Mapping[str, Json], target: Target, manifest: Manifest) -> None:
    from aiverify.core.finding import Severity
    from aiverify.operations.examine import contents_of
    from aiverify.sbom.agreement import disagreements
    from aiverify.verify.ranges import WHOLE

    large = any((entry.size or 0) > WHOLE for entry in manifest.entries)
    if target.form is Form.REGISTRY and large:
        raise UsageError(
            f"{target.shown} is in a registry, and nobody can hold an SBOM against its files there",
            hint="Pull it first.",
        )
    contents = contents_of(target)
    artifact = target.artifact(manifest, contents.files, contents.description)
    found = disagreements(document, artifact, contents.description)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        raise DeniedError(
            f"{target.shown}: the SBOM is not about these files: {errors[0].message}",
            hint=rules.sboms.DISAGREES.fix,
        )
