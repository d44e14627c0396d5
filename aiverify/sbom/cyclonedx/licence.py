"""Licences, as `licenses` holds them."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.jsonvalue import Json
from aiverify.sbom.licences import Form, Licence

DECLARED = {"acknowledgement": "declared"}


def encode_licences(licences: Sequence[Licence]) -> list[Json]:
    """Choices of licences.

    In 1.6 an SPDX expression stands alone or not at all (`licenseChoice`): among others it is
    a name. So it is in 1.7, for what reads that does not let it stand among others either.
    """
    return [_choice(licence, alone=len(licences) == 1) for licence in licences]


def _choice(licence: Licence, *, alone: bool) -> Json:
    if licence.form is Form.EXPRESSION and alone:
        return {"expression": licence.text, **DECLARED}
    key = "id" if licence.form is Form.ID else "name"
    return {"license": {key: licence.text, **DECLARED}}
