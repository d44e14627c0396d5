"""Policy documents that nobody wrote, drawn from the published schema, and spoilt ones."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.support.commands import PROJECT

SCHEMA: dict[str, Any] = json.loads((PROJECT / "docs/schemas/input.v1.json").read_bytes())

DIGEST = f"sha256:{'ab' * 32}"
WORDS = (
    *("", "model", "adapter", "component", "org/base", "main", "v1.0", "a" * 40, DIGEST),
    *("apache-2.0", "MIT", "mit", "Apache-2.0 OR GPL-3.0-only", "LicenseRef-x", "llama3"),
    *("safetensors", "pickle", "gguf", "gpl", "unknown", "weights.bin", "model.safetensors"),
    *("provenance", "release", "https://ci.example.com", "CVE-2024-1", "GHSA-x", "critical"),
    *("high", "2026-01-01T00:00:00Z", "1.21.3", "os.system", "torch._utils.f", "\u00e9\u4e2d"),
    *("default", "x/y~z", "*", "http://a", "pkg:pypi/a@1", "CWE-502"),
)
TEXTS = st.sampled_from(WORDS)
NUMBERS = st.sampled_from((0, 1, 2, 3, 7, 100, 2**31, 2**53 + 1, 1790000000000000000, 0.5, -1))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)

ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)

_COMPONENTS = st.fixed_dictionaries(
    {"name": TEXTS, "type": st.sampled_from(("machine-learning-model", "data", "library"))},
    optional={
        "bom-ref": TEXTS,
        "version": TEXTS,
        "purl": TEXTS,
        "licenses": st.lists(
            st.one_of(
                st.fixed_dictionaries({"license": st.fixed_dictionaries({"id": TEXTS})}),
                st.fixed_dictionaries({"expression": TEXTS}),
            ),
            max_size=2,
        ),
        "hashes": st.lists(
            st.fixed_dictionaries({"alg": st.just("SHA-256"), "content": TEXTS}), max_size=1
        ),
    },
)
_VULNERABILITIES = st.fixed_dictionaries(
    {"id": TEXTS},
    optional={
        "ratings": st.lists(
            st.fixed_dictionaries({"severity": TEXTS}, optional={"score": NUMBERS}), max_size=2
        ),
        "affects": st.lists(st.fixed_dictionaries({"ref": TEXTS}), max_size=2),
        "analysis": st.fixed_dictionaries(
            {"state": st.sampled_from(("not_affected", "exploitable", "resolved", "in_triage"))}
        ),
        "recommendation": TEXTS,
    },
)
SBOMS = st.fixed_dictionaries(
    {"bomFormat": st.just("CycloneDX"), "specVersion": st.just("1.6")},
    optional={
        "components": st.lists(_COMPONENTS, max_size=3),
        "vulnerabilities": st.lists(_VULNERABILITIES, max_size=3),
        "metadata": st.fixed_dictionaries({}, optional={"component": _COMPONENTS}),
    },
)


def well_formed(schema: dict[str, Any] = SCHEMA) -> st.SearchStrategy[Any]:
    """What a part of the schema allows."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return st.deferred(lambda: well_formed(SCHEMA["$defs"][name]))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of([well_formed(part) for part in schema[word]])
    return _of_kind(schema.get("type", "any"), schema)


def _of_kind(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "object" and "properties" in schema:
        parts = {name: well_formed(part) for name, part in schema["properties"].items()}
        if "sbom" in parts:
            parts["sbom"] = st.one_of(st.none(), SBOMS)
        needed = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in needed},
            optional={name: part for name, part in parts.items() if name not in needed},
        )
    if kind == "object":
        values = schema.get("additionalProperties")
        inner = well_formed(values) if isinstance(values, dict) else ANYTHING
        return st.dictionaries(TEXTS, inner, max_size=3)
    if kind == "array":
        return st.lists(well_formed(schema.get("items", {})), max_size=3)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": NUMBERS.filter(lambda number: isinstance(number, int) and number >= 0),
        "number": NUMBERS,
        "string": _texts(schema.get("pattern", ""), schema.get("minLength", 0)),
    }
    return simple.get(kind, ANYTHING)


def _texts(pattern: str, least: int) -> st.SearchStrategy[str]:
    fitting = [word for word in WORDS if len(word) >= least and re.search(pattern, word)]
    return st.sampled_from(fitting)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A document of the schema in which up to three places hold anything, or are gone."""
    document = copy.deepcopy(draw(well_formed()))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(document)) or [({"": None}, "")]))
        if draw(st.booleans()):
            holder[key] = draw(ANYTHING)
        elif key in holder or isinstance(holder, list):
            del holder[key]
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    pending = [document]
    while pending:
        item = pending.pop()
        keys = item.keys() if isinstance(item, dict) else range(len(item))
        for key in keys:
            yield item, key
            if isinstance(item[key], dict | list):
                pending.append(item[key])


DOCUMENTS = st.one_of(well_formed(), spoilt(), ANYTHING)
"""What rules may be asked to judge, whether by us or by somebody's own file."""
