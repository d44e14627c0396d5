"""The schema of the policy document, for those who write rules and for OPA's type checker."""

from __future__ import annotations

from aiverify.core.facts import Role, State
from aiverify.core.jsonvalue import Json
from aiverify.core.schema import (
    Schema,
    by_name,
    constant,
    count,
    flag,
    free,
    one_of,
    or_empty,
    or_null,
    published,
    record,
    refer,
    several,
    text,
    without_null,
)
from aiverify.core.schema_parts import DEFINITIONS, SIGNATURE_MEMBERS
from aiverify.policy.document import API_VERSION

_FACTS = record(
    {
        "format": text("The format's name, such as safetensors, pickle or unknown.", filled=True),
        "role": one_of(Role),
        "state": one_of(
            State,
            "clean: looked into, nothing found. flagged: something found. unread: nobody looked "
            "into it.",
        ),
        "size": count("Bytes."),
        "values": free("What the file states; the members depend on the format."),
    },
    optional={
        "globals": several(
            record(
                {
                    "name": text("module.name, as the pickle spells it."),
                    "place": text("Where it is imported first."),
                    "invoked": flag("Whether it is called."),
                }
            ),
            "What a pickle in the file imports; only where there is one.",
        ),
        "unread": text("Why nobody looked into it; only with the state unread.", filled=True),
    },
)

_DESCRIPTION = record(
    {
        "architecture": or_null(text()),
        "family": or_null(text()),
        "task": or_null(text()),
        "parameters": or_null(count(), "Tensor elements."),
        "licences": several(text(), "As the files spell them."),
        "datasets": several(text()),
        "base_models": several(refer("reference")),
    },
    "What the files say about the artifact as a whole.",
)

_REFERENCE = record(
    {
        "name": text(),
        "revision": text("A commit, tag or branch of the model's repository."),
        "digest": or_empty(refer("digest"), "The root digest of the model's files."),
    },
    "A model that is referred to. What is not said is empty.",
)

_ADAPTER = record(
    {
        "base": refer("reference"),
        "fit": or_null(
            refer("fit"),
            "Whether every tensor of the adapter finds its weight in the base that was at hand. "
            "Null if none was.",
        ),
    }
)

_ATTESTATION = record(
    {
        **SIGNATURE_MEMBERS,
        "predicate": or_null(
            free(), "What was attested. Null for an SBOM, which stands in `sbom`."
        ),
    }
)

_REQUEST = record(
    {
        "kind": record(
            {
                "group": text("Empty for the core group."),
                "version": text(filled=True),
                "kind": text(filled=True),
            },
            "What kind of object asks.",
        ),
        "namespace": text("Empty for an object that is in none."),
        "name": text("Empty where the cluster has yet to give one."),
        "user": record(
            {"username": text(), "groups": several(text())}, "Who asks, to the cluster."
        ),
        "operation": one_of(("CREATE", "UPDATE", "DELETE", "CONNECT")),
        "labels": by_name(text(), "Those of the object."),
        "object": or_null(free(), "The object as it is to be. Null when it is deleted."),
        "references": several(
            record(
                {
                    "uri": text("As a scheme and a place, such as oci:// or hf://.", filled=True),
                    "path": text("The JSON pointer to where the object says so."),
                }
            ),
            "The artifacts that the object names, the one that is judged first.",
        ),
    }
)

_MEMBERS: dict[str, Schema] = {
    "apiVersion": constant(API_VERSION),
    "artifact": refer("artifact"),
    "facts": by_name(
        refer("facts"),
        "What each file's format says about it, by the file's name in the artifact.",
    ),
    "description": refer("description"),
    "adapter": or_null(
        refer("adapter"),
        "For an adapter: the model that it changes, and whether it fits. Otherwise null.",
    ),
    "sbom": or_null(
        free(),
        "The CycloneDX document that was attested for the artifact, as JSON. Null if there is "
        "none.",
    ),
    "signatures": several(refer("signature"), "The signatures that count towards trust."),
    "attestations": several(
        refer("attestation"), "The attestations that are authentic and speak of this artifact."
    ),
    "findings": several(refer("finding"), "What the steps before policy found."),
    "request": or_null(
        refer("request"), "In a cluster: who asks for the artifact, and how. Null elsewhere."
    ),
    "now_ns": count("The time that is judged by, in nanoseconds since 1970-01-01T00:00:00Z."),
}

_DEFINITIONS: dict[str, Schema] = {
    **DEFINITIONS,
    "facts": _FACTS,
    "description": _DESCRIPTION,
    "reference": _REFERENCE,
    "adapter": _ADAPTER,
    "attestation": _ATTESTATION,
    "request": _REQUEST,
}


def input_schema() -> dict[str, Json]:
    """`docs/schemas/input.v1.json`."""
    root = record(
        _MEMBERS,
        "What Rego rules see as `input` when an artifact is judged. Every member is always "
        "there: what is not known is null or empty.",
    )
    return published("input.v1", "The policy document", root, _DEFINITIONS)


def checked_by_opa() -> dict[str, Json]:
    """The same for OPA's type checker, by which what may be null may be anything.

    It names no address either: nothing of it is to be fetched.
    """
    whole = {key: value for key, value in input_schema().items() if key not in ("$schema", "$id")}
    narrowed = without_null(whole)
    assert isinstance(narrowed, dict)
    return narrowed
