"""Data, as the `data` of a component holds it."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Dataset, Property, Sort
from aiverify.sbom.cyclonedx.values import MISFIT, given, misfits, named, uri
from aiverify.sbom.cyclonedx.words import DATA_KINDS, among


def encode_data(component: Component) -> list[Json]:
    """What is said of a component of type `data`; others must not have it (`component.data`)."""
    if component.sort is not Sort.DATA:
        return []
    data = component.data or Dataset()
    kind = {"type": among(data.kind, DATA_KINDS) or "other", "name": component.name}
    url = uri(data.url)
    known = given(
        {
            "contents": url and {"url": url},
            "classification": data.classification,
            "sensitiveData": data.sensitive,
            "description": data.description,
            "governance": _governance(data),
        }
    )
    return [{**kind, **known}]


def _governance(data: Dataset) -> Json:
    return given(
        {
            "owners": _organizations(data.owners),
            "stewards": _organizations(data.stewards),
            "custodians": _organizations(data.custodians),
        }
    )


def _organizations(names: tuple[str, ...]) -> list[Json]:
    return [{"organization": organization} for organization in named(names)]


def data_misfits(component: Component) -> tuple[Property, ...]:
    """What is said of data that the component's `data` cannot hold."""
    data = component.data
    if data is None:
        return ()
    if component.sort is not Sort.DATA:
        return tuple(_statements(data))
    kind = "" if data.kind in DATA_KINDS else data.kind
    return misfits({"data:type": kind, "data:url": "" if uri(data.url) else data.url})


def _statements(data: Dataset) -> Iterator[Property]:
    said = {
        "type": (data.kind,),
        "description": (data.description,),
        "classification": (data.classification,),
        "sensitive": data.sensitive,
        "owner": data.owners,
        "steward": data.stewards,
        "custodian": data.custodians,
        "url": (data.url,),
    }
    for field, values in said.items():
        yield from (Property(f"{MISFIT}data:{field}", value) for value in values if value)
