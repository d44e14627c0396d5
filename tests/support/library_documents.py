"""Documents for the whole library of rules: like those of real artifacts and clusters, and spoilt.

Drawn by a seed, so that a difference between two engines can be looked at again.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

DIGESTS = tuple(f"sha256:{digit * 64}" for digit in "abc")
COMMIT = "0123456789abcdef" * 2 + "01234567"
SLSA = "https://slsa.dev/provenance/v1"
SCAN = "https://in-toto.io/attestation/vulns/v0.1"
COSIGN = "https://cosign.sigstore.dev/attestation/vuln/v1"
VEX = "https://openvex.dev/ns/v0.2.0"
NOW = 1795651200000000000

JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**53 + 1,
        1e22,
        "",
        " ",
        "x",
        "\u00c4\u0130\u00df\u2028",
        "*",
    ),
    *([], [None], ["x"], {}, {"name": "x"}, {"id": 5}, [[]], "--trust-remote-code", "(MIT", "9.8"),
)
LICENCES = (
    *("MIT", "apache-2.0", "GPL-3.0-only", "MIT OR GPL-3.0-only", "MIT AND (ISC OR X)", "(MIT"),
    *("GPL-2.0-only WITH Classpath-exception-2.0", "Apache-2.0+", "CC-BY-4.0", "AND", "\u0130 MIT"),
)
TIMES = ("2026-11-20T00:00:00Z", "2020-02-29T12:00:00.5+01:00", "2026-11-30T00:00:00Z", "", "soon")


class Draw:
    """Parts of documents by one source of chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def one(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def some(self, make: Callable[[], Any], most: int = 3) -> list[Any]:
        return [make() for _ in range(self.chance.randint(0, most))]

    def maybe(self, **members: Any) -> dict[str, Any]:
        """An object that lacks some of its members."""
        return {key: value for key, value in members.items() if self.chance.random() < 0.75}

    def document(self) -> Any:
        """A document; every other one is spoilt in up to five places."""
        made = self.one(self._artifact, self._artifact, self._request, self._manifest)()
        if self.chance.random() < 0.5:
            for _ in range(self.chance.randint(1, 5)):
                self._spoil(made)
        return made

    def _spoil(self, document: Any) -> None:
        places = list(_places(document))
        if not places:
            return
        holder, key = self.chance.choice(places)
        if self.chance.random() < 0.25:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(self.chance.choice(JUNK))

    def _artifact(self) -> dict[str, Any]:
        files = {name: self._facts(name) for name in self._names()}
        return {
            "apiVersion": "aiverify.dev/input/v1",
            "artifact": {
                "kind": self.one("model", "adapter", "component"),
                "name": "llama",
                "version": self.one("", "1"),
                "digest": self.one(*DIGESTS),
                "size": 5,
                "files": [{"name": n, "digest": self.one(*DIGESTS), "size": 5} for n in files],
            },
            "facts": files,
            "description": {
                "architecture": None,
                "family": "llama",
                "task": None,
                "parameters": 7,
                "licences": self.some(lambda: self.one(*LICENCES)),
                "datasets": self.some(lambda: self.one("set", "other")),
                "base_models": self.some(self._base),
            },
            "adapter": self.one(None, {"base": self._base(), "fit": self._fit()}),
            "sbom": self.one(None, self._sbom(), self._sbom(), self._sbom()),
            "signatures": self.some(self._signature),
            "attestations": self.some(self._attestation, 4),
            "findings": self.some(self._finding),
            "request": None,
            "now_ns": NOW,
        }

    def _names(self) -> list[str]:
        names = ("a.safetensors", "b.gguf", "c/runner", "probe.o", "config.json", "d.bin", "e~f.7z")
        return self.chance.sample(names, self.chance.randint(1, len(names)))

    def _facts(self, name: str) -> dict[str, Any]:
        dtypes = {self.one("f16", "q4_k", "q8_0", "bf16", "strange"): self.one(1, 900, 2**40)}
        by_name: dict[str, tuple[str, dict[str, Any]]] = {
            "a.safetensors": ("safetensors", self.maybe(dtypes=dtypes)),
            "b.gguf": ("gguf", {"dtypes": dtypes, "file_type": self.one("Q4_K_M", "F16", "Q8_0")}),
            "c/runner": ("elf", self._program()),
            "probe.o": ("elf", self._probe()),
            "config.json": ("hf_config", self._config()),
            "d.bin": (self.one("torch", "unknown", "pickle"), {}),
            "e~f.7z": ("7z", {}),
        }
        kind, values = by_name[name]
        state = self.one("clean", "clean", "flagged", "unread")
        facts = {"format": kind, "role": "weight", "state": state, "size": 5, "values": values}
        if name == "d.bin":
            facts["globals"] = self.some(self._global)
        return facts

    def _global(self) -> dict[str, Any]:
        name = self.one("collections.OrderedDict", "os.system", "sklearn.tree.Tree", "numpy.dtype")
        return {"name": name, "place": "byte 0", "invoked": True}

    def _config(self) -> dict[str, Any]:
        return self.maybe(
            torch_dtype=self.one("float16", "float32", "auto", "int"),
            auto_map=self.one({}, {"AutoModel": "modeling.Model"}),
            quantization_config=self.one({"bits": 4}, None),
        )

    def _program(self) -> dict[str, Any]:
        flag = self.one(True, False, None)
        hardening = self.maybe(
            pie=flag, relro=self.one("none", "partial", "full"), nx=flag, stack_protector=flag
        )
        versions = ("go1.26.8", "go1.22", "go1.26rc1", "devel go1.27-1", "go1.300.2 X:a", "")
        return self.maybe(
            type=self.one("executable", "shared object", "relocatable"),
            machine="x86-64",
            hardening=hardening,
            go={"version": self.one(*versions)},
        )

    def _probe(self) -> dict[str, Any]:
        sizes = (0, 8, 1 << 20, 1 << 31, 1 << 40)
        maps = self.some(
            lambda: {
                "name": "m",
                "type": self.one("hash", "ringbuf"),
                "key_size": self.one(*sizes),
                "value_size": self.one(*sizes),
                "max_entries": self.one(*sizes),
            }
        )
        licence = self.one("GPL", "Dual BSD/GPL", "MIT", "")
        bpf = self.maybe(license=licence, maps=maps)
        return self.maybe(machine="bpf", type="relocatable", bpf=bpf)

    def _base(self) -> dict[str, Any]:
        return {
            "name": self.one("org/base", "org/other", ""),
            "revision": self.one(COMMIT, "main", ""),
            "digest": self.one(*DIGESTS, ""),
        }

    def _fit(self) -> Any:
        fits = {"fits": self.one(True, False), "pairs": self.one(0, 12), "name": "base"}
        return self.one(None, {**fits, "digest": self.one(*DIGESTS, "")})

    def _signature(self) -> dict[str, Any]:
        return {
            "source": "s",
            "predicate_type": "",
            "signer": self.one("release", "alice", "security", ""),
            "name": self.one("", "a@example.com", "https://git.example.com/a/b@refs/heads/main"),
            "issuer": self.one("", "https://token.example.com"),
            "logged": self.one(True, False),
            "time": self.one(*TIMES),
        }

    def _finding(self) -> dict[str, Any]:
        rules = ("AIV-TEMPLATE-TEXT", "AIV-CONFIG-OWN-CODE", "AIV-CONTENT-UNREAD")
        severity = self.one("error", "warning", "note")
        return {"rule": self.one(*rules), "severity": severity, "message": "m", "file": "f"}

    def _attestation(self) -> dict[str, Any]:
        kind, make = self.one(
            (SLSA, self._provenance),
            (SCAN, lambda: {"scanner": {"result": self.some(self._scanned)}}),
            (COSIGN, lambda: {"scanner": {"result": {"Results": self.some(self._scanned)}}}),
            (VEX, self._vex),
            ("https://example.com/x", dict),
        )
        return {**self._signature(), "predicate_type": kind, "predicate": make()}

    def _provenance(self) -> dict[str, Any]:
        builder = self.one("https://ci.example.com/a@v1", "https://evil.example.com", "")
        uri = self.one("git+https://git.example.com/a@refs/heads/main", "pkg:pypi/a@1")
        dependency = self.maybe(uri=uri, digest={"gitCommit": COMMIT})
        return {
            "runDetails": {"builder": {"id": builder}},
            "buildDefinition": {"resolvedDependencies": self.some(lambda: dependency)},
        }

    def _scanned(self) -> dict[str, Any]:
        number = self.one("CVE-2023-1", "CVE-2024-2", "GHSA-x")
        ranges = [{"events": [{"introduced": "0"}, {"fixed": self.one("2", "")}]}]
        return self.one(
            {"id": number, "severity": [{"method": "nvd", "score": self.one("9.8", "3", "x", 7)}]},
            {
                "VulnerabilityID": number,
                "Severity": self.one("HIGH", "UNKNOWN"),
                "FixedVersion": "2",
            },
            {"id": "PYSEC-1", "aliases": [number], "affected": [{"ranges": ranges}]},
            {"id": number},
        )

    def _vex(self) -> dict[str, Any]:
        return self.maybe(timestamp=self.one(*TIMES), statements=self.some(self._statement))

    def _statement(self) -> dict[str, Any]:
        products = [{"@id": self.one("pkg:pypi/lib@1", "root", *DIGESTS)}]
        return self.maybe(
            vulnerability=self.one({"name": "CVE-2023-1"}, "cve-2024-2", {"aliases": ["GHSA-x"]}),
            products=products,
            status=self.one("not_affected", "fixed", "affected"),
            justification="component_not_present",
            timestamp=self.one(*TIMES),
        )

    def _sbom(self) -> dict[str, Any]:
        return {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                **self.maybe(
                    timestamp=TIMES[0], authors=[{"name": "A"}], lifecycles=[{}], tools=[]
                ),
                "component": self._root(),
            },
            "components": self.some(self._component, 4),
            "dependencies": self.some(dict),
            **self.maybe(vulnerabilities=self.some(self._vulnerability)),
        }

    def _root(self) -> dict[str, Any]:
        card = {
            "modelParameters": self.maybe(task="t", datasets=[self.one({"ref": "data"}, {})]),
            "considerations": self.maybe(useCases=["u"], technicalLimitations=["l"]),
            "quantitativeAnalysis": self.maybe(performanceMetrics=[{"type": "a"}]),
        }
        properties = [
            {"name": "aiverify:root-digest", "value": self.one(*DIGESTS)},
            {"name": self.one("aiverify:dtype:f16", "aiverify:dtype:q2_k"), "value": "1"},
        ]
        kind = self.one("machine-learning-model", "machine-learning-model", "application")
        return {
            "type": kind,
            "name": "llama",
            "bom-ref": "root",
            **self.maybe(
                version="1",
                supplier={"name": "Acme"},
                licenses=self._licences(),
                modelCard=card,
                properties=properties,
            ),
        }

    def _licences(self) -> list[Any]:
        return self.some(
            lambda: self.one(
                {"license": {"id": self.one(*LICENCES)}}, {"expression": self.one(*LICENCES)}
            )
        )

    def _component(self) -> dict[str, Any]:
        described = self.maybe(
            classification=self.one("public", "Secret"), sensitiveData=self.one([], ["health"])
        )
        content = self.one(*DIGESTS).removeprefix("sha256:")
        component = {
            "type": self.one("library", "data", "file"),
            "name": self.one("set", "a.safetensors", "lib"),
            **self.maybe(
                purl="pkg:pypi/lib@1",
                licenses=self._licences(),
                hashes=[{"alg": "SHA-256", "content": content}],
                data=[described],
            ),
        }
        component["bom-ref"] = self.one("lib", "data", "x")
        if self.chance.random() < 0.2:
            component["components"] = [self._component()]
        return component

    def _vulnerability(self) -> dict[str, Any]:
        versions = [{"version": "2", "status": self.one("unaffected", "affected")}]
        rating = {"severity": self.one("low", "High", "?"), "score": self.one(9.8, 2, "x")}
        return {
            "id": self.one("CVE-2023-1", "CVE-2024-2", "GHSA-x"),
            **self.maybe(
                references=[{"id": "cve-2023-9"}],
                ratings=[rating],
                affects=[{"ref": self.one("lib", "gone"), "versions": versions}],
                analysis={"state": self.one("not_affected", "exploitable")},
                recommendation=self.one("Upgrade it", "Pray"),
            ),
        }

    def _request(self) -> dict[str, Any]:
        asked = {
            "operation": self.one("CREATE", "UPDATE", "DELETE"),
            "namespace": self.one("serving", "default", "kube-system", ""),
            "object": self._manifest(),
            "references": self.some(self._reference),
        }
        return {**self._artifact(), "request": asked}

    def _reference(self) -> dict[str, Any]:
        uris = ("hf://org/x", f"hf://org/x@{COMMIT}", "oci://r/x:latest", f"oci://r/x@{DIGESTS[0]}")
        return {
            "uri": self.one(*uris, "pvc://a/b", "https://a/b"),
            "path": self.one("/spec/containers/0/args/1", "x"),
        }

    def _manifest(self) -> dict[str, Any]:
        pod = {"containers": self.some(self._container, 2), "initContainers": self.some(dict, 1)}
        kind, spec = self.one(
            ("Pod", pod),
            ("Deployment", {"template": {"spec": pod}}),
            ("CronJob", {"jobTemplate": {"spec": {"template": {"spec": pod}}}}),
            ("InferenceService", {"predictor": {"model": self._container()}}),
        )
        namespace = self.maybe(namespace=self.one("serving", "default"))
        return {"apiVersion": "v1", "kind": kind, "metadata": namespace, "spec": spec}

    def _container(self) -> dict[str, Any]:
        words = (
            *("--model", "org/x", "--revision", COMMIT, "--revision=main", "serve", "/models/x"),
            *("--trust-remote-code", "--trust_remote_code=false", "sh -c 'vllm serve org/y'"),
            "VLLM_ALLOW_RUNTIME_LORA_UPDATING=1",
        )
        lora = {"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": self.one("true", "0", None)}
        return self.maybe(
            name="vllm",
            image=self.one("vllm:latest", "vllm", "r:5000/vllm:v1", f"vllm@{DIGESTS[0]}"),
            args=self.some(lambda: self.one(*words), 5),
            env=self.some(lambda: self.one(lora, {"name": "TRUST_REMOTE_CODE", "value": "1"})),
            envFrom=self.one([], [{"configMapRef": {"name": "x"}}]),
        )


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as what holds it and where it is there."""
    pending = [document]
    while pending:
        item = pending.pop()
        for key in list(item) if isinstance(item, dict) else range(len(item)):
            yield item, key
            if isinstance(item[key], dict | list):
                pending.append(item[key])
