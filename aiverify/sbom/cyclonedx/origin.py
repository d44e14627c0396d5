"""Where values came from, as CycloneDX 1.6 can say it: in properties."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.sbom.bom import Means, Origin, Property

NAMESPACE = "aiverify:"

SOURCE = NAMESPACE + "source:"
"""Before a field's name, or that of a property of this namespace: where its value came from."""


def origin_properties(origins: Iterable[Origin]) -> tuple[Property, ...]:
    """One property for each origin, in the order given."""
    return tuple(
        Property(SOURCE + origin.field.removeprefix(NAMESPACE), _source(origin))
        for origin in origins
    )


def _source(origin: Origin) -> str:
    stated = origin.means is Means.STATED
    return origin.source if stated else f"{origin.source} ({origin.means})"
