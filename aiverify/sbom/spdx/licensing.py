"""Licences (SPDX 3.0.1, SimpleLicensing profile)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiverify.core.jsonvalue import Json
from aiverify.sbom.allotment import Allotment
from aiverify.sbom.licences import Form, Licence
from aiverify.sbom.spdx.graph import Graph, entries

UNKNOWN_LICENCE = "expandedlicensing_NoAssertionLicense"

MAX_ID = 80
"""Characters of an id that is made of a licence's name."""

_NO_IDSTRING = re.compile(r"[^A-Za-z0-9.-]+")
"""SPDX 3.0.1, annex B.3: what an id in an expression cannot hold."""


class Licences:
    """The licences of one document, each once, whoever is under them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[Licence, str] = {}
        self._ids = Allotment("-")

    def declare(self, subject: str, licences: Sequence[Licence], *, required: bool) -> None:
        """Say which licences an element is declared to be under.

        The AI and Dataset profiles `require` one declared and one concluded licence of a
        package. Nothing is concluded here: what is declared is passed on.
        """
        found = [self._iri(licence) for licence in licences]
        if found:
            self._graph.relate(subject, "hasDeclaredLicense", found)
        elif required:
            why = "Nothing that was read states a licence."
            self._graph.relate(
                subject, "hasDeclaredLicense", [UNKNOWN_LICENCE], more={"comment": why}
            )
        if required:
            self._graph.relate(subject, "hasConcludedLicense", [UNKNOWN_LICENCE])

    def _iri(self, licence: Licence) -> str:
        if licence not in self._known:
            self._known[licence] = self._add(licence)
        return self._known[licence]

    def _add(self, licence: Licence) -> str:
        custom: list[Json] = []
        expression = licence.text
        if licence.form is Form.NAME:
            short = _NO_IDSTRING.sub("-", licence.text)[:MAX_ID].strip("-") or "unnamed"
            expression = self._ids.name(f"LicenseRef-{short}")
            custom = entries({expression: self._text(expression, licence.text)})
        values: dict[str, Json] = {
            "simplelicensing_licenseExpression": expression,
            "simplelicensing_customIdToUri": custom,
        }
        return self._graph.add("simplelicensing_LicenseExpression", f"licence:{expression}", values)

    def _text(self, identifier: str, name: str) -> str:
        """A licence that SPDX does not list. It asks for the text; all that is known is a name."""
        values = {
            "name": name,
            "comment": "The name as it is stated. The text of the licence was not read.",
            "simplelicensing_licenseText": name or "unnamed",
        }
        return self._graph.add(
            "simplelicensing_SimpleLicensingText", f"licence-text:{identifier}", values
        )
