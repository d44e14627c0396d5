"""The bill of materials as CycloneDX 1.6 JSON.

cyclonedx-python-lib knows neither model cards nor compositions, and its serializer takes
time quadratic in the number of components, so the document is built here. The library's
schema holds it to the standard in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiverify.core.description import Metric
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Bom, Component, Considerations, ModelCard, Sort
from aiverify.sbom.licences import Form, Licence
from aiverify.sbom.unicode import encodable

SPEC_VERSION = "1.6"


def encode(bom: Bom, *, serial: str, timestamp: str | None) -> dict[str, Json]:
    """A CycloneDX document; the same one for the same arguments, keys in a fixed order.

    `serial` is a `urn:uuid:`, `timestamp` an RFC 3339 date-time or None for none.
    """
    document: dict[str, Json] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": serial,
        "version": 1,
        "metadata": _metadata(bom, timestamp),
        "components": [_component(component) for component in bom.components],
        "dependencies": _dependencies(bom),
        "compositions": _compositions(bom),
    }
    return {key: _utf8(value) for key, value in document.items()}


def _metadata(bom: Bom, timestamp: str | None) -> Json:
    return _given(
        {
            "timestamp": timestamp,
            "lifecycles": [{"phase": "post-build"}],
            "tools": {"components": [_tool()]},
            "component": _root(bom),
        }
    )


def _tool() -> Json:
    """This program. A source tree that nobody installed has no version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("aiverify")
    except PackageNotFoundError:
        installed = ""
    return _given({"type": "application", "name": "aiverify", "version": installed})


def _root(bom: Bom) -> Json:
    root = dict(_component(bom.root))
    if bom.ancestors:
        root["pedigree"] = {"ancestors": [_component(ancestor) for ancestor in bom.ancestors]}
    if bom.card:
        root["modelCard"] = _model_card(bom.card, bom.datasets)
    return root


def _component(component: Component) -> dict[str, Json]:
    identity = _given({"type": component.sort.value, "bom-ref": component.ref})
    known = _given(
        {
            "version": component.version,
            "hashes": _hashes(component),
            "licenses": _licences(component.licences),
            "purl": component.purl,
            "data": component.sort is Sort.DATA and [{"type": "dataset", "name": component.name}],
            "properties": [
                {"name": item.name, "value": item.value} for item in component.properties
            ],
            "tags": component.tags,
        }
    )
    return {**identity, "name": component.name, **known}


def _hashes(component: Component) -> Json:
    return [{"alg": "SHA-256", "content": component.digest.hex}] if component.digest else []


def _licences(licences: Sequence[Licence]) -> Json:
    """SPDX expressions stand alone or not at all (CycloneDX 1.6, `licenseChoice`)."""
    said = {"acknowledgement": "declared"}
    if len(licences) == 1 and licences[0].form is Form.EXPRESSION:
        return [{"expression": licences[0].text, **said}]
    return [
        {"license": {"id" if licence.form is Form.ID else "name": licence.text, **said}}
        for licence in licences
    ]


def _model_card(card: ModelCard, datasets: Sequence[Component]) -> Json:
    metrics = [metric for metric in map(_metric, card.metrics) if metric]
    return _given(
        {
            "modelParameters": _given(
                {
                    "task": card.task,
                    "architectureFamily": card.family,
                    "modelArchitecture": card.architecture,
                    "datasets": [{"ref": dataset.ref} for dataset in datasets],
                }
            ),
            "quantitativeAnalysis": metrics and {"performanceMetrics": metrics},
            "considerations": _considerations(card.considerations),
        }
    )


def _metric(metric: Metric) -> Json:
    return _given(
        {"type": metric.type or metric.name, "value": metric.value, "slice": metric.dataset}
    )


def _considerations(considerations: Considerations) -> Json:
    return _given(
        {
            "useCases": considerations.use_cases,
            "technicalLimitations": considerations.limitations,
            "ethicalConsiderations": [{"name": prose} for prose in considerations.ethics],
        }
    )


def _dependencies(bom: Bom) -> Json:
    """The artifact depends on everything, and a file on nothing.

    Base models and datasets have no entry of their own: that is how CycloneDX says that
    their dependencies are not known.
    """
    entries: list[Json] = [
        {"ref": bom.root.ref, "dependsOn": [component.ref for component in bom.components]}
    ]
    return entries + [{"ref": file.ref} for file in bom.files]


def _compositions(bom: Bom) -> Json:
    """What may be relied on as complete: that the artifact has these files and no others.

    Whether the card names every base model and dataset, and what those and the files that
    nobody looked into consist of, is unknown.
    """
    related = [component.ref for component in bom.bases + bom.datasets]
    unread = [file.ref for file in bom.files if file.ref in bom.unread]
    read = [file.ref for file in bom.files if file.ref not in bom.unread]
    return [
        {"aggregate": "complete", "assemblies": [bom.root.ref, *read]},
        {
            "aggregate": "unknown",
            "assemblies": unread + related,
            "dependencies": [bom.root.ref, *related],
        },
    ]


def _given(values: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what nobody said."""
    return {key: value for key, value in values.items() if value}


def _utf8(value: Json) -> Json:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {key: _utf8(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_utf8(item) for item in value]
    return value
