"""What an adapter changes: its type, rank, scale and target modules, and what it fits."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.description import AdapterSettings, Stated
from aiverify.sbom.bom import Means, Origin, Property
from aiverify.sbom.composing.told import Told

PAIRS = "aiverify:adapter:pairs"
FITTING_PAIRS = "aiverify:adapter:fitting-pairs"


def of_adapter(settings: Stated[AdapterSettings] | None, pairs: int, *, fits: bool = False) -> Told:
    """The settings, and how many LoRA pairs the weights hold; `fits` where a base was at hand."""
    if settings is None:
        return Told()
    properties: list[Property] = []
    origins: dict[Origin, None] = {}
    for name, value, member in _stated(settings.value):
        properties.append(Property(name, value))
        origins[Origin(name, f"{settings.source}#/{member}")] = None
    if pairs:
        properties.append(Property(PAIRS, str(pairs)))
    if pairs and fits:
        properties.append(Property(FITTING_PAIRS, str(pairs)))
        origins[Origin(FITTING_PAIRS, "--base", Means.INFERRED)] = None
    return Told(tuple(properties), tuple(origins))


def _stated(settings: AdapterSettings) -> Iterator[tuple[str, str, str]]:
    """Properties, their values, and the members that they stand in."""
    if settings.peft_type:
        yield "aiverify:adapter:type", settings.peft_type, "peft_type"
    if settings.rank is not None:
        yield "aiverify:adapter:r", str(settings.rank), "r"
    if settings.alpha is not None:
        yield "aiverify:adapter:alpha", f"{settings.alpha:.15g}", "lora_alpha"
    for module in settings.target_modules:
        yield "aiverify:adapter:target", module, "target_modules"
