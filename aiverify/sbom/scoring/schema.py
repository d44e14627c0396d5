"""What `aiverify sbom score --format json` prints, as JSON Schema."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.core.schema import (
    Schema,
    constant,
    count,
    one_of,
    published,
    record,
    refer,
    several,
    text,
)
from aiverify.sbom.scoring.interface import MEANINGS, Standard, Status
from aiverify.sbom.scoring.score import FORMULA

API_VERSION = "aiverify.dev/sbom-score/v1"

_PERCENT: Schema = {
    "description": f"{FORMULA}, rounded down to one decimal.",
    "type": "number",
    "minimum": 0,
    "maximum": 100,
}

_TALLY: Schema = record(
    {
        "standard": one_of(Standard),
        "title": text("The standard's full name.", filled=True),
        "elements": count("How many elements it asks for."),
        "filled": count("How many of them the document says: found, declared or inferred."),
        "percent": _PERCENT,
        "counts": record({status.value: count() for status in Status}),
    }
)

_ELEMENT: Schema = record(
    {
        "id": text("`<standard>-...`; once in the document.", filled=True),
        "standard": one_of(Standard),
        "cluster": text("The part of the standard that asks for it.", filled=True),
        "title": text(filled=True),
        "asks": text("What is asked for, in a sentence.", filled=True),
        "fields": text("The fields of CycloneDX that would hold it.", filled=True),
        "status": one_of(
            Status, " ".join(f"{status}: {meaning}" for status, meaning in MEANINGS.items())
        ),
        "reason": text("Why, in a sentence without its full stop.", filled=True),
        "places": several(
            text(), "JSON pointers (RFC 6901) into the document to what the reason is about."
        ),
    }
)

_MEMBERS: dict[str, Schema] = {
    "apiVersion": constant(API_VERSION),
    "document": record(
        {
            "name": text("What the document is about; empty where it does not say."),
            "version": text("The version of that."),
            "serialNumber": text(),
            "specVersion": text("The version of CycloneDX that it claims."),
        }
    ),
    "summary": several(refer("tally"), "Each standard that was asked about."),
    "elements": several(refer("element"), "Every element of those, in a fixed order."),
}


def score_schema() -> dict[str, Json]:
    """`docs/schemas/sbom-score.v1.json`."""
    root = record(
        _MEMBERS,
        "What a bill of materials says of what authorities ask for: "
        "`aiverify sbom score --format json`.",
    )
    return published("sbom-score.v1", "A score", root, {"tally": _TALLY, "element": _ELEMENT})
