"""`docs/sbom-score.md`, written from the elements that documents are rated by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import MEANINGS
from aiverify.sbom.scoring.score import FORMULA


def scoring_page() -> str:
    """The five words, how a percentage is made, and every element."""
    return "\n".join(
        (
            "# Scoring a bill of materials\n",
            "`aiverify sbom score FILE` holds a CycloneDX document in JSON, of version 1.2 to 1.7",
            "and by any tool, against what authorities ask for, element by element. It reads that",
            "document alone: no file that it lists, no link in it, no signature is looked at.",
            "XML and SPDX are refused, not guessed at. What only earlier versions have, such as a",
            "plain list of tools, counts as well.\n",
            "## What it says of an element\n",
            "| word | what it means |",
            "|---|---|",
            *(f"| {status} | {_cell(meaning)} |" for status, meaning in MEANINGS.items()),
            "",
            "What is asked of each of several things, such as every model, comes out as the worst",
            "of them does, with the count. CISA and NTIA ask every component: files only for their",
            "names, hashes and relationships, for they have the rest from what they are part of.",
            "Each rating has its reason, and JSON pointers to what that is about. Practices that a",
            "document cannot show, such as how often it is written anew and how it is delivered",
            "and corrected, are not rated.\n",
            "## The percentage\n",
            f"`{FORMULA}`, rounded down to one decimal.",
            "What is to be reviewed is neither filled nor missing, and stays in the number by",
            "which is divided. It counts what is said and not whether that is true: a document of",
            "false claims can have a high one. No element weighs more than another.\n",
            *_lists(),
        )
    )


def _lists() -> Iterator[str]:
    for standard, of_standard in groupby(ELEMENTS, key=lambda element: element.standard):
        elements = list(of_standard)
        yield f"## {standard.full_name}\n"
        yield f"`--elements {standard}`: {len(elements)} elements.\n"
        yield "| cluster | element | id | what is looked for | where in CycloneDX |"
        yield "|---|---|---|---|---|"
        for item in elements:
            cells = (item.cluster, item.title, f"`{item.id}`", item.asks, item.fix)
            yield f"| {' | '.join(map(_cell, cells))} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
