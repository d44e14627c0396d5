"""Twice the document costs twice the work, whatever is in it. Counted in calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from aiverify.sbom.scoring.score import score
from tests.support.scored import carded, hashes

MODEL = {"type": "machine-learning-model", "name": "m"}


def refs(count: int) -> list[str]:
    return [f"r{number}" for number in range(count)]


def components(count: int, **fields: Any) -> dict[str, Any]:
    return {"components": [{"bom-ref": ref, "name": ref, **fields} for ref in refs(count)]}


def of_one_ref(count: int) -> dict[str, Any]:
    """Models of one ref, which has many files."""
    files = [{"type": "file", "bom-ref": ref, "hashes": hashes(ref)} for ref in refs(count)]
    models = [{**MODEL, "bom-ref": "m"} for _ in range(count)]
    edges = [{"ref": "m", "dependsOn": refs(count)}]
    return {"components": models + files, "dependencies": edges}


def of_ancestors(count: int) -> dict[str, Any]:
    ancestor = {**MODEL, "version": "1"}
    return components(count, **MODEL, pedigree={"ancestors": [ancestor]})


def of_datasets(count: int) -> dict[str, Any]:
    named = carded(datasets=[{"ref": ref} for ref in refs(count)])
    return {**named, **components(count, type="data", data=[{"type": "dataset"}])}


def of_inferences(count: int) -> dict[str, Any]:
    pointers = [f"/components/{number}/version" for number in range(count)]
    citations = [{"note": "x (inferred)", "pointers": [pointer]} for pointer in pointers]
    return {**components(count, version="1"), "citations": citations * 2}


def of_vulnerabilities(count: int) -> dict[str, Any]:
    listed = [{"id": f"CVE-{ref}", "affects": [{"ref": ref}]} for ref in refs(count)]
    return {**components(count), "vulnerabilities": listed}


SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "components": lambda count: components(count, type="library", purl="pkg:pypi/a@1"),
    "one ref": of_one_ref,
    "ancestors": of_ancestors,
    "datasets": of_datasets,
    "dead datasets": lambda count: carded(datasets=[{"ref": ref} for ref in refs(count)]),
    "inferences": of_inferences,
    "vulnerabilities": of_vulnerabilities,
    "dead references": lambda count: {"dependencies": [{"ref": "m", "dependsOn": refs(count)}]},
    "properties": lambda count: {
        "metadata": {
            "component": {
                **MODEL,
                "properties": [
                    {"name": f"aiverify:source:{ref}", "value": ""} for ref in refs(count)
                ],
            }
        }
    },
    "metrics": lambda count: {
        "components": [
            {
                "modelCard": {
                    "quantitativeAnalysis": {"performanceMetrics": [{"type": "unknown"}] * count}
                }
            }
        ]
    },
}


def calls_of(document: dict[str, Any]) -> int:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        score(document)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_grows_as_the_document_does(shape: str):
    make = SHAPES[shape]
    score(make(1))  # what is loaded and remembered once is not counted
    small, large = calls_of(make(200)), calls_of(make(400))
    assert large < 2.2 * small
