"""What SPDX has no field for, as lines `name=value` of an annotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aiverify.sbom.bom import Component, Dataset, Means, Origin, Property, Sort
from aiverify.sbom.spdx.words import CONFIDENTIALITY

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})

_NAMESPACE = "aiverify:"


def lines(properties: Iterable[Property]) -> str:
    r"""One line a property. A line break within a value is `\n` or `\r`, a backslash two."""
    return "\n".join(f"{_line(item.name)}={_line(item.value)}" for item in properties)


def unplaced(component: Component) -> Iterator[Property]:
    """A component's properties, and its fields that SPDX does not have."""
    yield from component.properties
    if component.sort is Sort.FILE and component.version:
        yield Property("aiverify:version", component.version)
    for tag in component.tags:
        yield Property("aiverify:tag", tag)
    if component.data:
        yield from _of_data(component.data)


def sources(origins: Sequence[Origin]) -> Iterator[Property]:
    """Where the fields come from, under the names that a CycloneDX 1.6 document has for it."""
    for origin in origins:
        how = "" if origin.means is Means.STATED else f" ({origin.means.value})"
        field = origin.field.removeprefix(_NAMESPACE)
        yield Property(f"aiverify:source:{field}", f"{origin.source}{how}")


def confidentiality(classification: str) -> str:
    """A label of the Traffic Light Protocol (TLP 2.0, and the old name of `clear`), or empty."""
    label = classification.strip().casefold().removeprefix("tlp:")
    label = "clear" if label == "white" else label
    return label if label in CONFIDENTIALITY else ""


def _of_data(data: Dataset) -> Iterator[Property]:
    if data.kind != "dataset":
        yield Property("aiverify:data:type", data.kind)
    if data.classification and not confidentiality(data.classification):
        yield Property("aiverify:data:classification", data.classification)
    roles = {
        "sensitive": data.sensitive,
        "owner": data.owners,
        "steward": data.stewards,
        "custodian": data.custodians,
    }
    for role, names in roles.items():
        for name in names:
            yield Property(f"aiverify:data:{role}", name)


def _line(text: str) -> str:
    return text.translate(_ESCAPES)
