"""What people ask a cluster to run, and whether it should: one case an object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.cluster.objects import (
    Object,
    claim_volume,
    container,
    csi_volume,
    image_volume,
    imaged,
    made,
    mounted,
    owner,
    pod,
    pod_spec,
    predictor,
    serving,
)
from tests.support.cluster.shelf import COMMIT, OTHER_COMMIT, Shelf

UNSIGNED = "AIV-SIGNATURE-NONE"
UNVERIFIED = "AIV-SUMMARY-NONE"
UNPINNED = "AIV-ADMISSION-MOVABLE"
ABSENT = "AIV-ADMISSION-UNREADABLE"
UNKNOWN = "AIV-ADMISSION-UNRESOLVED"

Build = Callable[[Shelf], Object]

REVISION = ("--revision", COMMIT)
STRANGE = ("--model", "mallory/llama", *REVISION)
TGI = "ghcr.io/huggingface/text-generation-inference:3.3.4"
PLAIN = container(image="registry.example/acme/server:1")
"""A server of somebody's own, which serves what is mounted."""

OWNERS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "LeaderWorkerSet",
)


@dataclass(frozen=True)
class Case:
    """An object, made once the registry's port is known, and the rules that refuse it, if any."""

    name: str
    build: Build
    rules: tuple[str, ...] = ()

    def made(self, shelf: Shelf) -> Object:
        """The object, under a name of its own."""
        found = self.build(shelf)
        return {**found, "metadata": {**found["metadata"], "name": self.name}}


def admitted(name: str, build: Build) -> Case:
    """A case that is let in."""
    return Case(name, build)


def refused(name: str, build: Build, *rules: str) -> Case:
    """A case that is not."""
    assert rules
    return Case(name, build, rules)


def both(name: str, build: Callable[[str], Object], scheme: str = "oci://") -> Iterator[Case]:
    """The same object around a signed model of the registry, and around one that is not."""
    yield admitted(f"{name}-signed", lambda shelf: build(scheme + shelf.ref("llama")))
    yield refused(f"{name}-unsigned", lambda shelf: build(scheme + shelf.ref("unsigned")), UNSIGNED)


def summed_up(
    name: str, build: Callable[[str], Object], uri: str = "s3://models/"
) -> Iterator[Case]:
    """The same around a bucket that a summary speaks of, and around one that none does."""
    yield admitted(f"{name}-verified", lambda _: build(f"{uri}llama"))
    yield refused(f"{name}-unverified", lambda _: build(f"{uri}other"), UNVERIFIED)


def _pods() -> Iterator[Case]:
    yield admitted("pod-without-a-model", lambda _: pod(container(image="nginx:1.29")))
    yield from both("pod-image-volume", imaged, "")
    yield admitted(
        "pod-image-volume-by-digest",
        lambda shelf: imaged(f"{shelf.registry.host}/acme/llama@{shelf.digest('llama')}"),
    )
    for name, rule in (
        ("stranger", "AIV-SIGNATURE-BAD"),
        ("tampered", "AIV-INTEGRITY-CHANGED"),
        ("pickle", "AIV-PICKLE-DANGEROUS"),
        ("revoked", "AIV-INTEGRITY-REVOKED"),
        ("absent", ABSENT),
    ):
        yield refused(
            f"pod-image-volume-{name}", lambda shelf, name=name: imaged(shelf.ref(name)), rule
        )
    yield from both(
        "pod-csi-volume",
        lambda ref: pod(mounted("--model", "/models"), volumes=[csi_volume(ref)]),
        "",
    )
    yield refused(
        "pod-second-of-two-volumes-unsigned",
        lambda shelf: pod(
            mounted("--model", "/models"),
            volumes=[
                image_volume(shelf.ref("llama")),
                image_volume(shelf.ref("unsigned"), "adapter"),
            ],
        ),
        UNSIGNED,
    )
    yield refused(
        "pod-two-bad-volumes-told-at-once",
        lambda shelf: pod(
            mounted("--model", "/models"),
            volumes=[
                image_volume(shelf.ref("stranger")),
                image_volume(shelf.ref("unsigned"), "adapter"),
            ],
        ),
        UNSIGNED,
        "AIV-SIGNATURE-BAD",
    )
    yield refused(
        "pod-with-annotations-that-ask-to-be-skipped",
        lambda shelf: _insisting(imaged(shelf.ref("unsigned"))),
        UNSIGNED,
    )


def _insisting(document: Object) -> Object:
    words = {"aiverify.dev/skip": "true", "aiverify.dev/verified": "true"}
    metadata = {**document["metadata"], "labels": words, "annotations": words}
    return {**document, "metadata": metadata}


def _servers() -> Iterator[Case]:
    """What arguments and variables name."""
    hub = ("--model", "acme/llama")
    yield admitted("vllm-model", lambda _: serving(*hub, *REVISION))
    yield admitted("vllm-serve", lambda _: serving("serve", "acme/llama", *REVISION))
    yield admitted("vllm-joined", lambda _: serving("--model=acme/llama", f"--revision={COMMIT}"))
    for name, args in (
        ("vllm-no-revision", hub),
        ("vllm-branch", (*hub, "--revision", "main")),
        ("vllm-tokenizer", (*hub, *REVISION, "--tokenizer", "mallory/tokenizer")),
        ("vllm-lora", (*hub, *REVISION, "--enable-lora", "--lora-modules", "sql=mallory/lora")),
        (
            "vllm-lora-json",
            (*hub, *REVISION, "--lora-modules", '{"name": "sql", "path": "mallory/lora"}'),
        ),
        (
            "vllm-speculative",
            (*hub, *REVISION, "--speculative-config", '{"model": "mallory/draft"}'),
        ),
    ):
        yield refused(name, lambda _, args=args: serving(*args), UNPINNED)
    for name, args in (
        ("vllm-other-revision", (*hub, "--revision", OTHER_COMMIT)),
        ("vllm-other-model", ("--model", "acme/other", *REVISION)),
        ("vllm-last-word-counts", (*hub, *REVISION, "--model", "acme/other")),
    ):
        yield refused(name, lambda _, args=args: serving(*args), UNVERIFIED)
    yield refused(
        "vllm-remote-code",
        lambda _: serving(*hub, *REVISION, "--trust-remote-code"),
        "no_trust_remote_code",
    )
    yield refused(
        "vllm-by-a-shell",
        lambda _: pod(container(command=["sh", "-c", "exec vllm serve mallory/llama --port 8000"])),
        UNPINNED,
    )
    yield admitted(
        "tgi-variables",
        lambda _: pod(
            container(
                image=TGI,
                env=[
                    {"name": "MODEL_ID", "value": "acme/llama"},
                    {"name": "REVISION", "value": COMMIT},
                ],
            )
        ),
    )
    yield refused(
        "tgi-variable",
        lambda _: pod(container(env=[{"name": "MODEL_ID", "value": "mallory/llama"}], image=TGI)),
        UNPINNED,
    )
    yield refused(
        "variable-from-elsewhere",
        lambda _: pod(
            container(
                image=TGI,
                env=[
                    {
                        "name": "MODEL_ID",
                        "valueFrom": {"configMapKeyRef": {"name": "m", "key": "id"}},
                    }
                ],
            )
        ),
        UNKNOWN,
    )
    yield refused(
        "model-in-an-init-container",
        lambda _: pod(
            PLAIN,
            initContainers=[container(*STRANGE, name="warm")],
        ),
        UNVERIFIED,
    )
    yield refused(
        "runtime-lora",
        lambda _: pod(
            container(
                *hub,
                *REVISION,
                env=[{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": "True"}],
            )
        ),
        UNKNOWN,
    )


def _volumes() -> Iterator[Case]:
    """What only a node can read."""
    yield admitted(
        "claim-with-a-summary",
        lambda _: pod(mounted("--model", "/models/llama"), volumes=[claim_volume("llama-weights")]),
    )
    yield refused(
        "claim-without-a-summary",
        lambda _: pod(mounted("--model", "/models/llama"), volumes=[claim_volume("scratch")]),
        UNVERIFIED,
    )
    yield refused(
        "path-of-the-node",
        lambda _: pod(
            mounted("--model", "/models/llama"),
            volumes=[{"name": "weights", "hostPath": {"path": "/srv/models"}}],
        ),
        UNVERIFIED,
    )


def _owners() -> Iterator[Case]:
    for kind in OWNERS:
        yield from both(
            f"{kind.lower()}-image-volume", lambda ref, kind=kind: imaged(ref, kind=kind), ""
        )
    for kind in ("Deployment", "CronJob"):
        yield refused(
            f"{kind.lower()}-arguments",
            lambda _, kind=kind: serving(*STRANGE, kind=kind),
            UNVERIFIED,
        )
    yield refused("leaderworkerset-leader", _leader, UNSIGNED)


def _leader(shelf: Shelf) -> Object:
    found = owner("LeaderWorkerSet", pod_spec(PLAIN))
    leader = pod_spec(mounted("--model", "/models"), volumes=[image_volume(shelf.ref("unsigned"))])
    found["spec"]["leaderWorkerTemplate"]["leaderTemplate"] = {"spec": leader}
    return found


def _kserve() -> Iterator[Case]:
    yield from both("kserve-model", predictor)
    yield from summed_up("kserve-bucket", predictor)
    yield from summed_up("kserve-claim", predictor, "pvc://llama-weights/")
    yield admitted("kserve-hub-pinned", lambda _: predictor(f"hf://acme/llama:{COMMIT}"))
    yield refused("kserve-hub-unpinned", lambda _: predictor("hf://acme/llama"), UNPINNED)
    yield refused("kserve-unknown-scheme", lambda _: predictor("gopher://models/llama"), UNKNOWN)
    yield refused("kserve-summary-by-a-stranger", _by_a_stranger, UNVERIFIED)
    yield from both(
        "kserve-framework", lambda uri: _service(predictor={"pytorch": {"storageUri": uri}})
    )
    yield from both(
        "kserve-several-uris",
        lambda uri: _service(
            predictor={
                "model": {
                    "modelFormat": {"name": "vllm"},
                    "storageUris": [{"uri": uri, "mountPath": "/mnt/models"}],
                }
            }
        ),
    )
    yield from both("kserve-uris-of-the-predictor", _uris)
    yield from both(
        "kserve-transformer",
        lambda uri: _service(
            predictor={"containers": [PLAIN]},
            transformer={"storageUris": [{"uri": uri}], "containers": [PLAIN]},
        ),
    )
    yield refused(
        "kserve-worker",
        lambda _: _service(
            predictor={
                "model": {"modelFormat": {"name": "vllm"}, "storageUri": "s3://models/llama"},
                "workerSpec": pod_spec(container(*STRANGE)),
            }
        ),
        UNVERIFIED,
    )
    yield refused(
        "kserve-containers",
        lambda _: _service(predictor=pod_spec(container(*STRANGE))),
        UNVERIFIED,
    )
    yield from both(
        "kserve-llm", lambda uri: made("LLMInferenceService", spec={"model": {"uri": uri}})
    )
    yield refused(
        "kserve-llm-adapter",
        lambda shelf: made(
            "LLMInferenceService",
            spec={
                "model": {
                    "uri": shelf.oci("llama"),
                    "lora": {"adapters": [{"name": "sql", "uri": shelf.oci("unsigned")}]},
                }
            },
        ),
        UNSIGNED,
    )
    yield refused(
        "kserve-llm-prefill",
        lambda shelf: made(
            "LLMInferenceService",
            spec={
                "model": {"uri": shelf.oci("llama")},
                "prefill": {"template": pod_spec(container(*STRANGE))},
            },
        ),
        UNVERIFIED,
    )
    yield from both(
        "kserve-llm-config",
        lambda uri: made("LLMInferenceServiceConfig", spec={"model": {"uri": uri}}),
    )
    yield refused(
        "kserve-llm-of-a-config",
        lambda _: made("LLMInferenceService", spec={"baseRefs": [{"name": "llama"}]}),
        UNKNOWN,
    )
    yield from both(
        "kserve-trained-model",
        lambda uri: made("TrainedModel", spec={"model": {"storageUri": uri, "framework": "vllm"}}),
    )
    yield from both(
        "kserve-local-cache", lambda uri: made("LocalModelCache", spec={"sourceModelUri": uri})
    )
    for kind in ("ServingRuntime", "ClusterServingRuntime"):
        yield refused(
            f"kserve-{kind.lower()}",
            lambda _, kind=kind: made(kind, spec=pod_spec(container(*STRANGE))),
            UNVERIFIED,
        )
    yield admitted(
        "kserve-runtime-of-no-model",
        lambda _: made(
            "ServingRuntime",
            spec={
                "supportedModelFormats": [{"name": "huggingface", "autoSelect": True}],
                **pod_spec(container("--model_dir=/mnt/models", "--model_name={{.Name}}")),
            },
        ),
    )


def _service(**spec: Any) -> Object:
    return made("InferenceService", spec=spec)


def _uris(uri: str) -> Object:
    return _service(predictor={"storageUris": [{"uri": uri}], "containers": [PLAIN]})


def _by_a_stranger(_: Shelf) -> Object:
    return predictor("s3://models/by-a-stranger")


def _platforms() -> Iterator[Case]:
    yield from summed_up(
        "kubeai",
        lambda url: made("Model", group="kubeai.org", spec={"url": url, "engine": "VLLM"}),
    )
    yield refused(
        "kubeai-adapter",
        lambda _: made(
            "Model",
            group="kubeai.org",
            spec={
                "url": "s3://models/llama",
                "adapters": [{"name": "sql", "url": "s3://models/other"}],
            },
        ),
        UNVERIFIED,
    )
    yield from both(
        "kaito-adapter",
        lambda ref: made("Workspace", inference={"adapters": [{"source": {"image": ref}}]}),
        "",
    )
    yield refused(
        "kaito-template",
        lambda _: made(
            "Workspace",
            inference={"template": {"spec": pod_spec(container(*STRANGE))}},
        ),
        UNVERIFIED,
    )
    yield refused(
        "kaito-preset",
        lambda _: made("Workspace", inference={"preset": {"name": "mallory/llama"}}),
        UNKNOWN,
    )
    yield refused(
        "nim-cache-of-the-hub",
        lambda _: made(
            "NIMCache",
            spec={"source": {"hf": {"namespace": "mallory", "modelName": "llama"}}},
        ),
        UNPINNED,
    )
    yield from both(
        "nim-cache-of-ngc",
        lambda ref: made("NIMCache", spec={"source": {"ngc": {"modelPuller": ref}}}),
        "",
    )
    yield from both("nim-service", lambda ref: _nim(ref, {}), "")
    yield refused(
        "nim-service-of-a-cache",
        lambda shelf: _nim(shelf.ref("llama"), {"nimCache": {"name": "llama"}}),
        UNKNOWN,
    )
    yield from summed_up(
        "seldon-model",
        lambda uri: made("Model", group="mlops.seldon.io", spec={"storageUri": uri}),
        "gs://models/",
    )
    yield from summed_up("seldon-graph", _graph)
    yield from summed_up(
        "vllm-runtime", lambda uri: made("VLLMRuntime", spec={"model": {"modelURL": uri}})
    )
    yield refused(
        "vllm-lora-adapter",
        lambda _: made(
            "LoraAdapter",
            spec={
                "baseModel": "llama",
                "adapterSource": {"type": "huggingface", "repository": "mallory/lora"},
            },
        ),
        UNPINNED,
    )
    for kind in ("BaseModel", "ClusterBaseModel"):
        yield from summed_up(
            f"ome-{kind.lower()}",
            lambda uri, kind=kind: made(kind, spec={"storage": {"storageUri": uri}}),
        )
    yield refused("ray-service", lambda _: _ray("mallory/llama"), UNPINNED)
    yield from summed_up("ray-service-bucket", _ray)
    yield refused(
        "ray-service-unreadable",
        lambda _: made("RayService", spec={"serveConfigV2": "applications: [&a {"}),
        UNKNOWN,
    )


def _nim(reference: str, storage: Object) -> Object:
    repository, _, tag = reference.rpartition(":")
    image = {"repository": repository, "tag": tag}
    return made("NIMService", spec={"image": image, "storage": storage})


def _graph(uri: str) -> Object:
    graph = {"name": "router", "children": [{"name": "llama", "modelUri": uri}]}
    return made("SeldonDeployment", spec={"predictors": [{"name": "main", "graph": graph}]})


def _ray(source: str) -> Object:
    config = {"model_loading_config": {"model_id": "llama", "model_source": source}}
    text = json.dumps({"applications": [{"name": "llm", "args": {"llm_configs": [config]}}]})
    return made("RayService", spec={"serveConfigV2": text})


def _of_the_profile() -> Iterator[Case]:
    """Kinds that only the profile knows."""
    yield from both("endpoint", lambda uri: _endpoint(uri=uri))
    yield admitted("endpoint-pinned", lambda _: _endpoint(uri="hf://acme/llama", revision=COMMIT))
    yield refused("endpoint-unpinned", lambda _: _endpoint(uri="hf://acme/llama"), UNPINNED)
    yield refused("endpoint-number", lambda _: _endpoint(uri=42), UNKNOWN)
    yield admitted("connector-pinned", lambda _: _connector("acme/llama"))
    yield refused("connector-other", lambda _: _connector("mallory/embedder"), UNVERIFIED)
    yield from summed_up("routing", _routing)


def _endpoint(**model: Any) -> Object:
    return made("LLMEndpoint", spec={"model": model})


def _connector(model: str) -> Object:
    return made("VectorDBConnector", spec={"embedder": {"model": model, "revision": COMMIT}})


def _routing(uri: str) -> Object:
    rules = [{"match": "code", "model_id": "s3://models/llama"}, {"match": "*", "model_id": uri}]
    return made("RoutingPolicy", spec={"rules": rules})


CASES: tuple[Case, ...] = (
    *_pods(),
    *_servers(),
    *_volumes(),
    *_owners(),
    *_kserve(),
    *_platforms(),
    *_of_the_profile(),
)
"""Every case, over every kind that is known to name models."""
