"""What making the model cost the environment, as its card says.

CycloneDX has fields for energy with its provider, and none for an emission alone, so these
are properties of the model card.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiverify.core.describe import CARDS
from aiverify.core.facts import FileFacts
from aiverify.core.fields import NUMBER, Fields
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Origin, Property
from aiverify.sbom.composing.told import Told

CO2 = "co2_eq_emissions"

DETAILS = {
    "source": "source",
    "training_type": "training-type",
    "geographical_location": "location",
    "hardware_used": "hardware",
}
"""Members beside the emission in the Hugging Face Hub's front matter, and our words."""

BULLETS = {
    "hardware type": "hardware",
    "hours used": "hours",
    "cloud provider": "cloud-provider",
    "compute region": "location",
    "carbon emitted": "co2",
}
"""Lines of the section "Environmental Impact" in the Hub's template, and our words."""


def emissions(files: Sequence[FileFacts]) -> Told:
    """The emission in the front matter, in grams of CO2 equivalents, and what is told beside."""
    for item in files:
        if item.facts.format == "modelcard" and item.name.lower() in CARDS:
            card = Fields(item.facts.values, f"{item.name}#", [])
            found = dict(_bullets(card.inner("bullets")))
            found |= dict(_front_matter(card.inner("front_matter").members, item.name))
            return Told(
                tuple(Property(name, value) for name, (value, _) in sorted(found.items())),
                tuple(Origin(name, source) for name, (_, source) in sorted(found.items())),
            )
    return Told()


def _front_matter(card: Mapping[str, Json], file: str) -> Iterator[tuple[str, tuple[str, str]]]:
    value, source = card.get(CO2), f"{file}#{CO2}"
    if NUMBER.fits(value):
        yield "aiverify:environment:co2", (f"{value} g", source)
    if not isinstance(value, dict):
        return
    if NUMBER.fits(value.get("emissions")):
        yield "aiverify:environment:co2", (f"{value['emissions']} g", source)
    for key, word in DETAILS.items():
        text = value.get(key)
        if isinstance(text, str) and text:
            yield f"aiverify:environment:{word}", (text, source)


def _bullets(bullets: Fields) -> Iterator[tuple[str, tuple[str, str]]]:
    for line, word in BULLETS.items():
        if text := bullets.text(line):
            yield f"aiverify:environment:{word}", (text, bullets.source(line))
