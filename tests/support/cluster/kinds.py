"""The custom kinds that name models, as definitions that take any member.

What their controllers would do is nobody's business here: an API server that knows a kind asks
about its objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CustomKind:
    """A custom kind in one or more versions, of which the last is stored."""

    kind: str
    group: str
    versions: tuple[str, ...]
    plural: str = ""
    cluster_wide: bool = False

    @property
    def name(self) -> str:
        """The name of its definition."""
        return f"{self.plural or self.kind.lower() + 's'}.{self.group}"

    @property
    def api_version(self) -> str:
        """What an object says."""
        return f"{self.group}/{self.versions[-1]}"

    @property
    def definition(self) -> dict[str, Any]:
        """Its CustomResourceDefinition."""
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": self.name},
            "spec": {
                "group": self.group,
                "scope": "Cluster" if self.cluster_wide else "Namespaced",
                "names": {
                    "kind": self.kind,
                    "listKind": f"{self.kind}List",
                    "plural": self.name.partition(".")[0],
                    "singular": self.kind.lower(),
                },
                "versions": list(self._versions()),
            },
        }

    def _versions(self) -> Iterator[dict[str, Any]]:
        anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        for version in self.versions:
            yield {
                "name": version,
                "served": True,
                "storage": version == self.versions[-1],
                "schema": {"openAPIV3Schema": anything},
                "subresources": {"status": {}},
            }


_KSERVE = "serving.kserve.io"

CUSTOM_KINDS: tuple[CustomKind, ...] = (
    CustomKind("InferenceService", _KSERVE, ("v1beta1",)),
    CustomKind("TrainedModel", _KSERVE, ("v1alpha1",)),
    CustomKind("LLMInferenceService", _KSERVE, ("v1alpha2", "v1alpha1")),
    CustomKind("LLMInferenceServiceConfig", _KSERVE, ("v1alpha1",)),
    CustomKind("LocalModelCache", _KSERVE, ("v1alpha1",), cluster_wide=True),
    CustomKind("ServingRuntime", _KSERVE, ("v1alpha1",)),
    CustomKind("ClusterServingRuntime", _KSERVE, ("v1alpha1",), cluster_wide=True),
    CustomKind("Model", "kubeai.org", ("v1",)),
    CustomKind("Workspace", "kaito.sh", ("v1alpha1", "v1beta1")),
    CustomKind("NIMCache", "apps.nvidia.com", ("v1alpha1",)),
    CustomKind("NIMService", "apps.nvidia.com", ("v1alpha1",)),
    CustomKind("Model", "mlops.seldon.io", ("v1alpha1",)),
    CustomKind("SeldonDeployment", "machinelearning.seldon.io", ("v1",)),
    CustomKind("VLLMRuntime", "production-stack.vllm.ai", ("v1alpha1",)),
    CustomKind("LoraAdapter", "production-stack.vllm.ai", ("v1alpha1",)),
    CustomKind("BaseModel", "ome.io", ("v1beta1",)),
    CustomKind("ClusterBaseModel", "ome.io", ("v1beta1",), cluster_wide=True),
    CustomKind("RayService", "ray.io", ("v1",)),
    CustomKind("LeaderWorkerSet", "leaderworkerset.x-k8s.io", ("v1",)),
    # Three that nobody knows but a profile.
    CustomKind("LLMEndpoint", "serving.acme.example", ("v1",)),
    CustomKind("VectorDBConnector", "serving.acme.example", ("v1",)),
    CustomKind("RoutingPolicy", "serving.acme.example", ("v1",), plural="routingpolicies"),
)
"""Every custom kind that the tests make objects of."""
