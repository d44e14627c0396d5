"""The schema of the report: what `Report.to_json` gives, for those who read it."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.core.report import API_VERSION, Outcome, StepName, Verdict
from aiverify.core.schema import (
    Schema,
    by_name,
    constant,
    flag,
    one_of,
    or_empty,
    or_null,
    published,
    record,
    refer,
    several,
    text,
)
from aiverify.core.schema_parts import DEFINITIONS

_STEP = record(
    {
        "name": one_of(StepName),
        "outcome": one_of(Outcome),
        "detail": text(),
        "findings": several(refer("finding")),
    }
)

_TERMS = record(
    {
        "include": several(
            text(filled=True), "The rules that count, as they were named; empty for all."
        ),
        "exclude": several(text(filled=True), "The rules that do not, as they were named."),
        "fail_on_warn": flag("Whether a warning denies."),
        "at": or_empty(
            refer("time"), "The time that policies took for the present; empty for the present."
        ),
    }
)

_MEMBERS: dict[str, Schema] = {
    "apiVersion": constant(API_VERSION),
    "target": text("The target as it was named."),
    "verdict": one_of(Verdict),
    "artifact": or_null(
        refer("artifact"),
        "What was verified. Null when no authentic signature spoke of it.",
    ),
    "only": several(text(), "The paths that were verified, where not all of the artifact was."),
    "base": or_null(
        refer("fit"), "How an adapter fits the base model that was named. Null if none was."
    ),
    "steps": several(
        refer("step"), "The steps of the pipeline in their order.", exactly=len(StepName)
    ),
    "signatures": several(
        refer("signature"),
        "Those that count first, attestations next, then those that do not count.",
    ),
    "profile": or_empty(
        refer("digest"),
        "The digest of the profile's file, or empty where trust came from keys.",
    ),
    "trust": refer(
        "digest", "The digest over all that trust says, its keys and certificates included."
    ),
    "policies": by_name(
        refer("digest"), "The digest of each policy file that judged, by where it came from."
    ),
    "terms": refer("terms", "On what terms they judged."),
    "until": or_empty(
        refer("time"),
        "When something first denies that did not, by the days that policies and exceptions "
        "state; empty if none does.",
    ),
}


def report_schema() -> dict[str, Json]:
    """`docs/schemas/report.v1.json`."""
    root = record(_MEMBERS, "What a verification came to: `aiverify verify --format json`.")
    definitions = {**DEFINITIONS, "step": _STEP, "terms": _TERMS}
    return published("report.v1", "The report", root, definitions)
