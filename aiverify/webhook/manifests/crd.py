"""The CustomResourceDefinition of the profile, from the model that the YAML is read by."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.jsonvalue import Json
from aiverify.verify.profile import OBJECT_VERSION
from aiverify.verify.profile.model import SPEC
from aiverify.verify.profile.shape import Flag, Free, Record, Several, Shape, Text, Whole

GROUP, VERSION = OBJECT_VERSION.split("/")
KIND = "Profile"
PLURAL = "profiles"
NAME = f"{PLURAL}.{GROUP}"

PRESERVE = "x-kubernetes-preserve-unknown-fields"
"""What has no member of the model is kept, for the webhook to see it and refuse the profile.

Without, the API server removes it: a requirement with a typo would be gone in silence.
"""


def crd() -> dict[str, Json]:
    """The definition (`apiextensions.k8s.io/v1`): `profiles.aiverify.dev`, cluster scoped."""
    version: dict[str, Json] = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": _root()},
        "additionalPrinterColumns": [
            {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
        ],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NAME},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": KIND.lower(),
                "categories": ["aiverify"],
            },
            "versions": [version],
        },
    }


def profile_object(document: Mapping[str, Json], name: str) -> dict[str, Json]:
    """A profile's document, as it stands in a file, as the object that a cluster takes.

    Short forms are written out, as the API server knows one type for each member. Files are
    not looked into: they are still named by their paths.
    """
    spec = {key: value for key, value in document.items() if key != "apiVersion"}
    return {
        "apiVersion": OBJECT_VERSION,
        "kind": KIND,
        "metadata": {"name": name},
        "spec": written_out(spec, SPEC),
    }


def written_out(value: Json, shape: Shape) -> Json:
    """A value without the short forms that its shape lets it have."""
    if isinstance(shape, Record):
        if not isinstance(value, Mapping):
            return {shape.alone: value} if shape.alone else value
        return {
            key: written_out(item, shape.members[key]) if key in shape.members else item
            for key, item in value.items()
        }
    if isinstance(shape, Several) and isinstance(value, list):
        return [written_out(item, shape.item) for item in value]
    return value


def _root() -> Json:
    return {
        "type": "object",
        "description": "Who is trusted, what is required and how a cluster admits.",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": schema_of(SPEC),
        },
    }


def schema_of(shape: Shape) -> dict[str, Json]:
    """A structural schema: a type everywhere, and a bound on whatever may be long."""
    return {**({"description": shape.told} if shape.told else {}), **_schema(shape)}


def _schema(shape: Shape) -> dict[str, Json]:
    if isinstance(shape, Record):
        return _of_record(shape)
    if isinstance(shape, Several):
        least: dict[str, Json] = {"minItems": 1} if shape.filled else {}
        items = schema_of(shape.item)
        return {"type": "array", "items": items, "maxItems": shape.most, **least}
    if isinstance(shape, Text):
        return _of_text(shape)
    if isinstance(shape, Whole):
        return {"type": "integer", "minimum": shape.least, "maximum": shape.most}
    if isinstance(shape, Flag):
        return {"type": "boolean"}
    return _of_free(shape)


def _of_record(shape: Record) -> dict[str, Json]:
    required: dict[str, Json] = {"required": sorted(shape.required)} if shape.required else {}
    properties = {name: schema_of(item) for name, item in shape.members.items()}
    return {"type": "object", PRESERVE: True, "properties": properties, **required}


def _of_text(shape: Text) -> dict[str, Json]:
    schema: dict[str, Json] = {"type": "string", "minLength": 1, "maxLength": shape.longest}
    if shape.choices:
        schema["enum"] = [str(choice) for choice in shape.choices]
    if shape.pattern:
        schema["pattern"] = f"^({shape.pattern})$"
    return schema


def _of_free(shape: Free) -> dict[str, Json]:
    kept: dict[str, Json] = {PRESERVE: True}
    return kept if shape.any_type else {"type": "object", **kept}
