"""`model_index.json`: the parts of a diffusers pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.core.words import counted
from aiverify.formats.configuration import Configuration
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe
from aiverify.formats.loading.code import reference
from aiverify.formats.loading.modules import Standing, standing

CLASS = "_class_name"


class ModelIndex(Configuration):
    """A pipeline.

    States `pipeline` (its class), `parts` (library and class by name), and `diffusers_version`
    (the version that wrote it) where it is given.
    """

    name = "diffusers_index"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in ("model_index.json", "modular_model_index.json")

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The class and the parts that have one."""
        pipeline = fields.members.get(CLASS)
        name = pipeline[-1] if isinstance(pipeline, list) and pipeline else pipeline
        parts: dict[str, Json] = {
            part: f"{library}.{kind}" for part, library, kind in _parts(fields)
        }
        values: dict[str, Json] = {"pipeline": str(name or ""), "parts": parts}
        if version := fields.text("_diffusers_version"):
            values["diffusers_version"] = version
        return f"{values['pipeline'] or 'pipeline'} of {counted(len(parts), 'part')}", values

    def judge(self, fields: Fields, found: Found) -> None:
        """Libraries that the loader imports, and the pipeline's own code."""
        super().judge(fields, found)
        pipeline = fields.members.get(CLASS)
        if isinstance(pipeline, list) and pipeline:
            reference(found, f"#/{CLASS}", str(pipeline[0]).removesuffix(".py") + ".Pipeline")
        for part, library, kind in _parts(fields):
            known = standing(f"{library}.{kind}")
            place = f"#/{part}"
            if known is Standing.DANGEROUS or (known is Standing.UNKNOWN and "." in library):
                found.add(configs.IMPORT, f"has {shown(library)} imported", place)
            elif known is Standing.UNKNOWN:
                reference(found, place, f"{library}.{kind}")


def _parts(fields: Fields) -> Iterator[tuple[str, str, str]]:
    """Members that are a library and a class of it; null stands for a part that is left out.

    A modular pipeline says behind them where the part's weights are.
    """
    for part, value in fields.members.items():
        if part.startswith("_") or not isinstance(value, list) or len(value) not in (2, 3):
            continue
        library, kind = value[:2]
        if isinstance(library, str) and isinstance(kind, str):
            yield part, library, kind
