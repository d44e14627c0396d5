"""Models in a registry and elsewhere, good and bad, and the profile by which a cluster takes them.

What lies in a registry is named by its repository; what does not is known by signed summaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.artifacts import MODEL, Files
from tests.support.desk import Desk
from tests.support.pickle_files import attack, text
from tests.support.registry_stage import Liar
from tests.support.small_registry import SmallRegistry
from tests.support.torch_files import with_pickle
from tests.support.weights import safetensors_bytes

COMMIT = "5f0b02c75b57c5855da9ae460ce51323ea669d8a"
OTHER_COMMIT = "0123456789abcdef0123456789abcdef01234567"

HUGGING_FACE = f"hf://acme/llama@{COMMIT}"

VERIFIED = (
    HUGGING_FACE,
    "s3://models/llama",
    "gs://models/llama",
    "https://models.example/llama.tar.gz",
    "pvc://llama-weights/llama?namespace=models",
)
"""What a summary was signed for."""

EXPIRES = "2099-01-01T00:00:00Z"

ADMISSION: dict[str, Any] = {
    "modes": [
        {"mode": "warn", "namespaces": ["lenient"]},
        {"mode": "warn", "namespaces": ["warned-*"], "rules": ["AIV-SIGNATURE-*"]},
        {"mode": "audit", "namespaces": ["audited-*"], "rules": ["AIV-SIGNATURE-*"]},
    ],
    "exemptions": [
        {
            "reason": "the platform's own jobs, reviewed by hand",
            "expires": EXPIRES,
            "users": ["erin"],
            "namespaces": ["platform"],
        },
        {
            "reason": "was needed while the registry moved",
            "expires": "2026-01-01T00:00:00Z",
            "namespaces": ["moved"],
        },
    ],
    "resources": [
        {
            "group": "serving.acme.example",
            "kind": "LLMEndpoint",
            "paths": [".spec.model.uri"],
            "revision": ".spec.model.revision",
        },
        {
            "group": "serving.acme.example",
            "kind": "VectorDBConnector",
            "paths": [".spec.embedder.model"],
            "scheme": "hf",
            "revision": ".spec.embedder.revision",
        },
        {
            "group": "serving.acme.example",
            "kind": "RoutingPolicy",
            "paths": [".spec.rules[*].model_id"],
        },
    ],
    "summaries": ["summaries"],
}
"""What the profile says of the cluster."""


@dataclass(frozen=True)
class Shelf:
    """What there is: a registry with models in it, and a desk with keys and the profile."""

    desk: Desk
    registry: SmallRegistry
    admission: Mapping[str, Any] = field(default_factory=lambda: ADMISSION)

    @property
    def profile(self) -> Path:
        """The profile."""
        return self.desk / "aiverify.yaml"

    def ref(self, name: str, tag: str = "1") -> str:
        """A reference without a scheme, as it stands in an image volume."""
        return f"{self.registry.host}/acme/{name}:{tag}"

    def oci(self, name: str, tag: str = "1") -> str:
        """A reference as a URI."""
        return f"oci://{self.ref(name, tag)}"

    def digest(self, name: str, tag: str = "1") -> str:
        """The digest of a manifest."""
        return Liar(self.registry, f"acme/{name}").digest(tag)

    def add(self, name: str, *, tag: str = "1", by: str = "release", files: Files = MODEL) -> None:
        """Put a model into the registry. `by` is who signs it, or nobody."""
        made = f"{name}-{tag}"
        self.desk.model(made, files)
        self.desk.do(f"bundle model {made} -o {made}.tar --name {name} --version {tag}")
        if by:
            self.desk.do(f"sign {made}.tar --key {by}.key")
        self.desk.do(f"push {made}.tar {self.ref(name, tag)} --plain-http")

    def with_admission(self, **members: Any) -> Shelf:
        """The same, where the profile says something else of the cluster; see `write_profile`."""
        return replace(self, admission={**self.admission, **members})

    def write_profile(self) -> Path:
        """Write the profile anew. Summaries of verdicts by another one do not count with it."""
        return self.desk.profile(
            {
                "signers": [{"name": "release", "keys": ["release.pub"]}],
                "revoked": {"digests": [self.digest("revoked")]},
            },
            summaries={"signers": [{"name": "verifier", "keys": ["verifier.pub"]}]},
            policies=["aiverify:no_pickled_weights", "aiverify:no_trust_remote_code"],
            admission=dict(self.admission),
        )

    def sum_up(self, uri: str, *, by: str = "verifier", name: str = "") -> None:
        """Write a summary: what lies at a URI was verified, and it is the model `llama`."""
        name = name or "".join(letter if letter.isalnum() else "-" for letter in uri)
        (self.desk / "summaries").mkdir(exist_ok=True)
        self.desk.do(
            f"verify llama-1.tar --profile aiverify.yaml --summary summaries/{name}.json "
            f"--key {by}.key --uri {uri}"
        )


def stocked(desk: Desk, registry: SmallRegistry) -> Shelf:
    """Every model that the tests name, the profile, and the summaries."""
    shelf = Shelf(desk, registry)
    for owner in ("release", "stranger", "verifier"):
        desk.key(owner)
    shelf.add("llama")
    shelf.add("llama", tag="2", files=other_model(2))
    shelf.add("lora", files=other_model(3))
    shelf.add("unsigned", by="")
    shelf.add("stranger", by="stranger")
    shelf.add("revoked", files=other_model(4))
    pickled = with_pickle(attack("os.system", text("id")))
    shelf.add("pickle", files={**MODEL, "pytorch_model.bin": pickled})
    shelf.add("tampered", files=other_model(5))
    _tamper(Liar(registry, "acme/tampered"))
    shelf.write_profile()
    for uri in VERIFIED:
        shelf.sum_up(uri)
    shelf.sum_up("s3://models/by-a-stranger", by="stranger")
    return shelf


def other_model(number: int) -> Files:
    """A model that no other number's is."""
    weights = safetensors_bytes({"lm_head.weight": ("F32", (4, 4 + number))})
    return {**MODEL, "model.safetensors": weights}


def _tamper(liar: Liar) -> None:
    """Other weights under the same tag, and everything that was said of the old ones said anew."""
    said = liar.referrers()
    other = liar.blob(other_model(99)["model.safetensors"])

    def change(manifest: dict[str, Any]) -> None:
        [weights] = [
            layer
            for layer in manifest["layers"]
            if "model.safetensors" in layer.get("annotations", {}).values()
        ]
        weights.update(other)

    liar.change(change)
    for value in said.values():
        liar.manifest({**value, "subject": liar.described()})
