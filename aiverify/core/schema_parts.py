"""Schemas of what more than one document has: the forms that `to_json` of core's values gives."""

from __future__ import annotations

from aiverify.core.artifact import Kind
from aiverify.core.finding import Severity
from aiverify.core.schema import (
    Schema,
    count,
    flag,
    one_of,
    or_empty,
    or_null,
    record,
    refer,
    several,
    text,
)

DIGEST: Schema = text(pattern="^sha256:[0-9a-f]{64}$")

TIME: Schema = text(
    "RFC 3339, in whole seconds of UTC.",
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
)

ARTIFACT: Schema = record(
    {
        "kind": one_of(Kind),
        "name": text(),
        "version": text("Empty where nobody states one."),
        "digest": refer("digest", "The OMS root digest: over the digests of the files."),
        "size": count("Bytes of all files."),
        "files": several(
            record(
                {
                    "name": text(filled=True),
                    "digest": refer("digest"),
                    "size": or_null(count(), "Bytes; null if only the digest is known."),
                }
            ),
            "In the order of their names.",
        ),
    }
)

FIT: Schema = record(
    {
        "fits": flag("Whether nothing speaks against loading the adapter on this base."),
        "pairs": count("LoRA pairs that were held against the base."),
        "name": text("What the base at hand is called."),
        "digest": or_empty(
            refer("digest"),
            "The root digest of the base at hand; empty unless an attested SBOM pins one.",
        ),
    }
)

FINDING: Schema = record(
    {
        "rule": text("AIV-... for aiverify's own rules; package and code for Rego's.", filled=True),
        "severity": one_of(Severity),
        "message": text(filled=True),
        "file": text("A name inside the artifact, or empty."),
        "place": text("Where in the file, or in the policy input."),
        "fix": text(),
        "cwe": text(
            "The weakness in MITRE's list, such as CWE-502; empty where none is named.",
            pattern="^(CWE-[0-9]+)?$",
        ),
    }
)

SIGNATURE_MEMBERS: dict[str, Schema] = {
    "source": text("The signature's file, or its digest in a bundle."),
    "predicate_type": text("Empty for one that does not count: its payload is not believed."),
    "signer": text("The signer of the profile's trust that it counts for; empty if for none."),
    "key": or_empty(
        refer("digest"), "SHA-256 over the DER SubjectPublicKeyInfo of the key that made it."
    ),
    "certificate": or_empty(
        refer("digest"),
        "SHA-256 over the DER of the signer's certificate; empty where a bare key signed.",
    ),
    "name": text("Who the certificate is for: an address, a URI or a subject."),
    "issuer": text("Who vouches for that name."),
    "logged": flag("Whether a trusted transparency log has the signature."),
    "time": or_empty(
        refer("time"),
        "When a trusted log or timestamp authority first saw it; empty where none did.",
    ),
}

SIGNATURE: Schema = record(SIGNATURE_MEMBERS)

DEFINITIONS: dict[str, Schema] = {
    "digest": DIGEST,
    "time": TIME,
    "artifact": ARTIFACT,
    "fit": FIT,
    "finding": FINDING,
    "signature": SIGNATURE,
}
"""All of them by the names that they refer to each other by."""
