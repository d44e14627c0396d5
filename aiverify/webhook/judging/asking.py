"""What policies see of a request, and what they say of the request alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import Description
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.moments import of_nanoseconds
from aiverify.core.report import SignatureEvidence
from aiverify.core.waiver import waive
from aiverify.policy.document import document
from aiverify.verify.evidence import Context
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.request import AdmissionRequest

REQUEST = "/request"
"""Where the request stands in the policy document."""

OBJECT = f"{REQUEST}/object"
"""Where the object does."""


def asked(request: AdmissionRequest, found: Sequence[Found], judged: Found) -> dict[str, Json]:
    """The member `request` of the policy document. The reference that is judged comes first."""
    references = (judged, *(item for item in found if item is not judged))
    return {
        "kind": {
            "group": request.kind.group,
            "version": request.kind.version,
            "kind": request.kind.kind,
        },
        "namespace": request.namespace,
        "name": request.name,
        "user": {"username": request.user.name, "groups": list(request.user.groups)},
        "operation": request.operation.value,
        "labels": _labels(request.object),
        "object": request.object,
        "references": [
            {"uri": item.uri, "path": OBJECT + item.where} for item in references if item.uri
        ],
    }


def findings_of_request(
    subject: Artifact,
    signed: Sequence[SignatureEvidence],
    request: Mapping[str, Json],
    context: Context,
) -> tuple[Finding, ...]:
    """What the policies say of a request, whatever the artifact is.

    They are asked about an artifact of which only name and digest are known, with the request
    and without: what they say in both cases is said of the artifact, and somebody else vouches
    for that. So are rules about pods judged where a summary stands for the bytes.

    Raises:
        UndecidedError: they give no answer.
    """
    if context.engine is None:
        return ()
    plain = document(
        subject,
        (),
        description=Description(),
        adapter=None,
        sbom=None,
        signatures=(),
        attestations=[item.to_json() | {"predicate": None} for item in signed],
        findings=(),
        now_ns=context.now_ns,
    )
    before = frozenset(context.engine.evaluate(plain))
    results = context.engine.evaluate(plain | {"request": request})
    own = [result for result in results if result not in before]
    found = context.scale.found(own, of_nanoseconds(context.now_ns))
    waivers = [waiver for waiver in context.waivers if not waiver.is_of_contents]
    return waive(found, waivers, subject, context.waived_at).findings


def stand_in(name: str, digest: str, what: What) -> Artifact:
    """An artifact of which no more is known."""
    kind = {What.ADAPTER: Kind.ADAPTER, What.IMAGE: Kind.COMPONENT}.get(what, Kind.MODEL)
    whole = Digest.parse(digest) if digest else Digest.of(name.encode())
    return replace(Artifact(kind, name, "", Manifest.of(())), whole=whole)


def _labels(value: Mapping[str, Json] | None) -> dict[str, Json]:
    metadata = value.get("metadata") if value else None
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    if not isinstance(labels, Mapping):
        return {}
    return {key: item for key, item in labels.items() if isinstance(item, str)}
