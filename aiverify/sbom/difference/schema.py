"""What `aiverify sbom diff --format json` prints, as JSON Schema."""

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
from aiverify.sbom.difference.change import Matters, Topic, Way, Weights

API_VERSION = "aiverify.dev/sbom-diff/v1"

_SIDE: Schema = record(
    {
        "name": text("What the document is about; empty where it does not say."),
        "version": text(),
        "digest": text("The digest over all files, or of the one file; empty where none is given."),
    }
)

_CHANGE: Schema = record(
    {
        "topic": one_of(Topic, "What the change is about."),
        "way": one_of(Way, "Moved: the same bytes under another name."),
        "subject": text(
            "The file, package, base model or vulnerability; `artifact` for the whole."
        ),
        "what": text(
            "The part of it, such as `licence` or `digest`; `component` where all of it came, "
            "went or moved.",
            filled=True,
        ),
        "old": text("As the old document has it; empty where it says nothing."),
        "new": text("As the new document has it; empty where it says nothing."),
        "matters": one_of(Matters, "Whether it matters to the security of whoever loads it."),
        "sentence": text("The change in words.", filled=True),
    }
)

_MEMBERS: dict[str, Schema] = {
    "apiVersion": constant(API_VERSION),
    "old": refer("side", "What the old document is about."),
    "new": refer("side", "What the new document is about."),
    "weights": one_of(
        Weights,
        "Whether the weights are the same bytes. Unknown where digests are missing; none where "
        "neither document lists weights.",
    ),
    "summary": record(
        {matters.value: count() for matters in Matters}, "How many changes matter how much."
    ),
    "changes": several(refer("change"), "By topic; within one, what matters most comes first."),
    "remarks": several(text(filled=True), "What could not be told, one sentence each."),
}


def difference_schema() -> dict[str, Json]:
    """`docs/schemas/sbom-diff.v1.json`."""
    root = record(
        _MEMBERS, "What changed between two bills of materials: `aiverify sbom diff --format json`."
    )
    return published("sbom-diff.v1", "A difference", root, {"side": _SIDE, "change": _CHANGE})
