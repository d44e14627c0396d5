"""The versions of CycloneDX that are written."""

from __future__ import annotations

from enum import StrEnum

from aiverify.errors import UsageError


class SpecVersion(StrEnum):
    """A version of CycloneDX. 1.7 adds citations, and says what is not part of the artifact."""

    V1_6 = "1.6"
    V1_7 = "1.7"


def version_of(text: str) -> SpecVersion:
    """The version that a text names.

    Raises:
        UsageError: it is none that is written.
    """
    try:
        return SpecVersion(text)
    except ValueError as error:
        known = " and ".join(SpecVersion)
        raise UsageError(
            f"CycloneDX {text} is not written", hint=f"The versions are {known}."
        ) from error
