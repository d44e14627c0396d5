"""Every element of every standard, in the order in which they are shown."""

from __future__ import annotations

from aiverify.sbom.scoring import (
    cisa,
    datasets,
    indicators,
    infrastructure,
    metadata,
    models,
    ntia,
    security,
    system,
)
from aiverify.sbom.scoring.interface import Element

ELEMENTS: tuple[Element, ...] = (
    *metadata.ELEMENTS,
    *system.ELEMENTS,
    *models.ELEMENTS,
    *datasets.ELEMENTS,
    *infrastructure.ELEMENTS,
    *security.ELEMENTS,
    *indicators.ELEMENTS,
    *cisa.ELEMENTS,
    *ntia.ELEMENTS,
)
