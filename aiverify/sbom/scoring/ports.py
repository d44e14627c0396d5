"""Checks of what a model takes in and gives out."""

from __future__ import annotations

from aiverify.sbom.scoring.document import PARAMETERS, Document, Thing
from aiverify.sbom.scoring.interface import Rating, Status
from aiverify.sbom.scoring.judging import claims, missing, rating


def ports(document: Document, thing: Thing) -> Rating:
    """The formats of a model's inputs and of its outputs: both, or it is missing."""
    ways = ("inputs", "outputs")
    said = [claims(document, thing.at(f"{PARAMETERS}/{way}[]/format")) for way in ways]
    given = [each for each in said if each]
    if not given:
        return missing("neither inputs nor outputs are stated")
    if len(given) < len(said):
        has, lacks = ways if said[0] else reversed(ways)
        return missing(f"{has} are stated, {lacks} are not", *given[0].places)
    status = max((each.status for each in given), key=lambda each: each.rank)
    reason = {
        Status.REVIEW: "a format is only a placeholder",
        Status.INFERRED: "both are there, and the document calls at least one inferred",
    }
    places = (place for each in given for place in each.places)
    return rating(status, reason.get(status, "the formats of both are stated"), *places)
