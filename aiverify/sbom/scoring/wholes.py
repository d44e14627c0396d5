"""Checks of every component, as several standards for software ask for them."""

from __future__ import annotations

from collections.abc import Callable

from aiverify.sbom.scoring import identity
from aiverify.sbom.scoring.document import FILE, Document, Thing
from aiverify.sbom.scoring.interface import Rating
from aiverify.sbom.scoring.judging import Check, over


def of_components(check: Check, what: str) -> Callable[[Document], Rating]:
    """A check of every component, files as well."""
    return lambda document: over(document, document.components, check, "component", what)


def of_wholes(check: Check, what: str) -> Callable[[Document], Rating]:
    """A check of every component but files.

    A file has its supplier, version, identifier and licence from what it is a part of; where
    there is nothing but files, they are asked themselves.
    """

    def rate(document: Document) -> Rating:
        return over(document, wholes(document), check, "component", what)

    return rate


def wholes(document: Document) -> tuple[Thing, ...]:
    """The components that are no files, or all where there are no others."""
    found = tuple(thing for thing in document.components if thing.kind != FILE)
    return found or document.components


NAME = of_components(identity.name, "a name")
PRODUCER = of_wholes(identity.producer, "a producer")
VERSION = of_wholes(identity.version, "a version")
IDENTIFIER = of_wholes(identity.identifier, "an identifier")
