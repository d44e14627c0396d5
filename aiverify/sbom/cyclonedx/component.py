"""One component, as CycloneDX holds it."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Property, Reference
from aiverify.sbom.cyclonedx.data import data_misfits, encode_data
from aiverify.sbom.cyclonedx.licence import encode_licences
from aiverify.sbom.cyclonedx.origin import origin_properties
from aiverify.sbom.cyclonedx.values import MISFIT, given, misfits, named, properties, uri
from aiverify.sbom.cyclonedx.version import SpecVersion
from aiverify.sbom.cyclonedx.words import HASHES, REFERENCES, among
from aiverify.sbom.cyclonedx.xmltext import escaped

MAX_VERSION = 1024
"""Characters that a version may have, in XML as well, where escapes make it longer."""


def encode_component(
    component: Component, version: SpecVersion, *, external: bool = False
) -> dict[str, Json]:
    """A component. `external` says that its bytes are not among the artifact's (1.7)."""
    identity = given({"type": component.sort.value, "bom-ref": component.ref})
    outside = external and version is not SpecVersion.V1_6
    known = given(
        {
            "version": _version(component),
            "isExternal": outside,
            "description": component.description,
            "supplier": component.supplier and {"name": component.supplier},
            "authors": named(component.authors),
            "hashes": _hashes(component),
            "licenses": encode_licences(component.licences),
            "purl": uri(component.purl),
            "externalReferences": _references(component, version),
            "data": encode_data(component),
            "properties": _properties(component, version),
            "tags": component.tags,
        }
    )
    return {**identity, "name": component.name, **known}


def _version(component: Component) -> str:
    return component.version if len(escaped(component.version)) <= MAX_VERSION else ""


def _hashes(component: Component) -> Json:
    digest = component.digest
    return [{"alg": HASHES[digest.algorithm], "content": digest.hex}] if digest else []


def _references(component: Component, version: SpecVersion) -> list[Json]:
    return [
        {"type": _kind(item, version), "url": url, **given({"comment": _comment(item, version)})}
        for item in component.references
        if (url := uri(item.url))
    ]


def _kind(reference: Reference, version: SpecVersion) -> str:
    return among(reference.kind, REFERENCES[version]) or "other"


def _comment(reference: Reference, version: SpecVersion) -> str:
    """The comment, which tells the kind where the standard has no word for it."""
    kind = "" if reference.kind in REFERENCES[version] else reference.kind
    return ": ".join(filter(None, (kind, reference.comment)))


def _properties(component: Component, version: SpecVersion) -> list[Json]:
    """The component's own, what has no other place, and in 1.6 where its fields came from."""
    origins = origin_properties(component.origins) if version is SpecVersion.V1_6 else ()
    return properties((*component.properties, *_misfits(component), *origins))


def _misfits(component: Component) -> tuple[Property, ...]:
    homeless = [item for item in component.references if not uri(item.url)]
    return (
        *misfits(
            {
                "version": "" if _version(component) else component.version,
                "purl": "" if uri(component.purl) else component.purl,
            }
        ),
        *(
            Property(f"{MISFIT}reference", " ".join((item.kind, item.url, item.comment)))
            for item in homeless
        ),
        *data_misfits(component),
    )
