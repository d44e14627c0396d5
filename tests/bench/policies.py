"""Judging by the whole library of shipped rules: the embedded engine, and OPA both ways."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.opa import gate
from aiverify.policy.sources import PolicySet, load
from tests.bench.layout import note, titled
from tests.support.opa import program, serving_opa
from tests.support.processes import start

COMPONENTS = 300
EVERY = "aiverify:*"

DIGEST = f"sha256:{'ab' * 32}"
COMMIT = "0123456789" * 4
NOW = 1_795_651_200_000_000_000
QUERY = "data.bench.answer"

TITLE = f"Policies: the whole library judges an SBOM of {COMPONENTS} components"
HEADS = ("judge", "median", "ratio")


def table(rounds: int) -> str:
    """Time from a document to results; the judges take turns, each pair by itself.

    A cold judge starts, reads and checks the policies, judges once and ends: `opa eval` as a
    process, ours as the process that an aiverify which already runs starts to judge in. A warm
    one has done so before, and is sent the document: over a connection, or through a pipe.
    """
    if program() is None:
        return note(TITLE, "not measured: there is no opa program to compare with")
    policies, value = load([EVERY]), document()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write(folder, policies, value)
        site = stack.enter_context(serving_opa(folder, "policies"))
        engine = stack.enter_context(BoundedEngine(policies, {}))
        judges: dict[str, Callable[[], int]] = {
            "embedded, warm": lambda: len(engine.evaluate(value)),
            "OPA server, warm": asking(stack, site.url, value),
            "embedded, cold": lambda: cold(value),
            "opa eval": lambda: evaluated(folder),
        }
        spent = measured(judges, rounds)
    rows = [
        (name, f"{seconds * 1000:.1f} ms", f"{seconds / spent[f'embedded, {pair}']:.2f}")
        for name, seconds in spent.items()
        for pair in ["warm" if name.endswith("warm") else "cold"]
    ]
    title = f"{TITLE}: median of {rounds}, ratio to embedded of the same temperature"
    return titled(title, HEADS, rows)


def measured(judges: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """The median of seconds of each. They have to find the same number of results."""
    spent: dict[str, list[float]] = {name: [] for name in judges}
    found = {judge() for judge in judges.values()}
    assert len(found) == 1, found
    for _ in range(rounds):
        for name, judge in judges.items():
            begin = time.perf_counter()
            judge()
            spent[name].append(time.perf_counter() - begin)
    return {name: median(seconds) for name, seconds in spent.items()}


def cold(value: Any) -> int:
    """Read the policies, start the engine with them, judge, and end it."""
    with BoundedEngine(load([EVERY]), {}) as engine:
        return len(engine.evaluate(value))


def evaluated(folder: Path) -> int:
    """The same by `opa eval`, which ends with it."""
    opa = program()
    assert opa
    words = ("eval", "--data", "policies", "--input", "input.json", "--format", "raw", QUERY)
    done = start(opa, *words, cwd=folder)
    assert done.exit_code == 0, done
    return counted(json.loads(done.out))


def asking(stack: ExitStack, url: str, value: Any) -> Callable[[], int]:
    """The same by a server that has the policies, over one connection."""
    connection = HTTPConnection(urlsplit(url).netloc)
    stack.callback(connection.close)

    def ask() -> int:
        body = json.dumps({"input": value})
        connection.request("POST", f"/v1/{QUERY.replace('.', '/')}", body)
        return counted(json.loads(connection.getresponse().read())["result"])

    return ask


def counted(answer: Any) -> int:
    return sum(map(len, answer))


def write(folder: Path, policies: PolicySet, value: Any) -> None:
    """The policies with a question for all of their results, and the document."""
    for module in policies.modules:
        path = folder / "policies" / module.name.removeprefix("aiverify:")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module.text)
    asked = ", ".join(rule.path for rule in gate.check(policies, {}).rules)
    (folder / "policies" / "bench.rego").write_text(f"package bench\n\nanswer := [{asked}]\n")
    (folder / "input.json").write_text(json.dumps(value))


def document() -> dict[str, Any]:
    """The policy document of a model with all that can be known of it."""
    names = [f"model-{number:05}-of-00016.safetensors" for number in range(16)]
    signature = {
        "source": "model.sig",
        "predicate_type": "",
        "signer": "release",
        "key": DIGEST,
        "certificate": "",
        "name": "",
        "issuer": "",
        "logged": True,
        "time": "2026-11-25T00:00:00Z",
    }
    facts = {"format": "safetensors", "role": "weight", "state": "clean", "size": 1}
    return {
        "apiVersion": "aiverify.dev/input/v1",
        "artifact": {
            "kind": "model",
            "name": "llama",
            "version": "1",
            "digest": DIGEST,
            "size": len(names),
            "files": [{"name": name, "digest": DIGEST, "size": 1} for name in names],
        },
        "facts": {name: {**facts, "values": {"dtypes": {"bf16": 9}}} for name in names},
        "description": {
            "architecture": "LlamaForCausalLM",
            "family": "llama",
            "task": "text-generation",
            "parameters": 9,
            "licences": ["apache-2.0"],
            "datasets": ["org/data"],
            "base_models": [{"name": "org/base", "revision": COMMIT, "digest": ""}],
        },
        "adapter": None,
        "sbom": sbom(),
        "signatures": [signature],
        "attestations": [],
        "findings": [],
        "request": None,
        "now_ns": NOW,
    }


def sbom() -> dict[str, Any]:
    """A CycloneDX document, a tenth of whose components has a vulnerability."""
    refs = [f"lib-{number}" for number in range(COMPONENTS)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": "2026-11-25T00:00:00Z",
            "authors": [{"name": "Acme"}],
            "component": {
                "type": "machine-learning-model",
                "name": "llama",
                "bom-ref": "root",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "properties": [{"name": "aiverify:root-digest", "value": DIGEST}],
            },
        },
        "components": [component(ref) for ref in refs],
        "dependencies": [{"ref": "root", "dependsOn": refs}],
        "vulnerabilities": [
            {
                "id": f"CVE-2026-{number}",
                "ratings": [{"severity": "medium", "score": 5.5}],
                "affects": [{"ref": ref}],
                "analysis": {"state": "not_affected"},
            }
            for number, ref in enumerate(refs[::10], 1000)
        ],
    }


def component(ref: str) -> dict[str, Any]:
    return {
        "type": "library",
        "name": ref,
        "version": "1.0.0",
        "bom-ref": ref,
        "purl": f"pkg:pypi/{ref}@1.0.0",
        "supplier": {"name": "Acme"},
        "licenses": [{"license": {"id": "MIT"}}, {"expression": "Apache-2.0 OR GPL-3.0-only"}][:1],
        "hashes": [{"alg": "SHA-256", "content": "ab" * 32}],
    }
