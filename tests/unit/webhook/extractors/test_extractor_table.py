from __future__ import annotations

import pytest

from aiverify.core.admission import CustomResource
from aiverify.webhook.extractors import table
from aiverify.webhook.extractors.interface import What
from aiverify.webhook.request import Operation
from tests.support.admission_objects import asked, at, container, found_in, names, pod, problems

SERVER = container(command=["vllm", "serve", "acme/llama"])
SPEC = {"containers": [SERVER]}
TEMPLATE = {"metadata": {"labels": {}}, "spec": SPEC}
SOURCE = "internal.serving.kserve.io/storage-initializer-sourceuri"


def thing(version, kind, **members):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **members}


OWNERS = {
    "Pod": (thing("v1", "Pod", spec=SPEC), "/spec"),
    "PodTemplate": (thing("v1", "PodTemplate", template=TEMPLATE), "/template/spec"),
    "Job": (thing("batch/v1", "Job", spec={"template": TEMPLATE}), "/spec/template/spec"),
    "CronJob": (
        thing("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": TEMPLATE}}}),
        "/spec/jobTemplate/spec/template/spec",
    ),
    "ReplicationController": (
        thing("v1", "ReplicationController", spec={"template": TEMPLATE}),
        "/spec/template/spec",
    ),
    "LeaderWorkerSet": (
        thing(
            "leaderworkerset.x-k8s.io/v1",
            "LeaderWorkerSet",
            spec={"leaderWorkerTemplate": {"workerTemplate": TEMPLATE}},
        ),
        "/spec/leaderWorkerTemplate/workerTemplate/spec",
    ),
    "RayCluster": (
        thing("ray.io/v1", "RayCluster", spec={"workerGroupSpecs": [{"template": TEMPLATE}]}),
        "/spec/workerGroupSpecs/0/template/spec",
    ),
    "Rollout": (
        thing("argoproj.io/v1alpha1", "Rollout", spec={"template": TEMPLATE}),
        "/spec/template/spec",
    ),
    **{
        kind: (thing("apps/v1", kind, spec={"template": TEMPLATE}), "/spec/template/spec")
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    },
}


@pytest.mark.parametrize("kind", OWNERS)
def test_a_pod_is_found_in_whatever_owns_it(kind):
    document, place = OWNERS[kind]

    [found] = found_in(document)

    assert found.uri == "hf://acme/llama"
    assert found.where == f"{place}/containers/0/command/2"
    assert at(document, found.where) == "acme/llama"


def test_the_image_of_a_container_is_an_image():
    [found] = [f for f in table.extract(asked(pod(container()))) if f.what is What.IMAGE]

    assert found.uri == "oci://registry.example/acme/server:1"
    assert found.where == "/spec/containers/0/image"


KSERVE = "serving.kserve.io/v1beta1"
LLM = "serving.kserve.io/v1alpha1"
NIM = "apps.nvidia.com/v1alpha1"
STACK = "production-stack.vllm.ai/v1alpha1"
RAY = """
applications:
- name: llm
  import_path: ray.serve.llm:build_openai_app
  args:
    llm_configs:
    - model_loading_config:
        model_id: served
        model_source: acme/llama
      engine_kwargs:
        tokenizer: acme/tokenizer
    - model_loading_config: {model_id: m, model_source: {bucket_uri: s3://bucket/llama}}
"""

PLACES = [
    (
        thing(
            KSERVE, "InferenceService", spec={"predictor": {"model": {"storageUri": "s3://b/m"}}}
        ),
        {"s3://b/m": "/spec/predictor/model/storageUri"},
    ),
    (
        thing(
            KSERVE, "InferenceService", spec={"predictor": {"sklearn": {"storageUri": "gs://b/m"}}}
        ),
        {"gs://b/m": "/spec/predictor/sklearn/storageUri"},
    ),
    (
        thing(
            KSERVE,
            "InferenceService",
            spec={"transformer": {"storageUris": [{"uri": "s3://b/1"}, {"uri": "s3://b/2"}]}},
        ),
        {
            "s3://b/1": "/spec/transformer/storageUris/0/uri",
            "s3://b/2": "/spec/transformer/storageUris/1/uri",
        },
    ),
    (
        thing(
            KSERVE,
            "InferenceService",
            spec={"predictor": {"model": {"args": ["--model_name=x", "--model_id=acme/llama"]}}},
        ),
        {"hf://acme/llama": "/spec/predictor/model/args/1"},
    ),
    (
        thing(KSERVE, "InferenceService", spec={"predictor": SPEC}),
        {"hf://acme/llama": "/spec/predictor/containers/0/command/2"},
    ),
    (
        thing(KSERVE, "InferenceService", spec={"predictor": {"workerSpec": SPEC}}),
        {"hf://acme/llama": "/spec/predictor/workerSpec/containers/0/command/2"},
    ),
    (
        thing(
            LLM,
            "LLMInferenceService",
            spec={
                "model": {
                    "uri": "hf://a/b",
                    "lora": {"adapters": [{"uri": "oci://r.example/x:1"}]},
                },
                "prefill": {"template": SPEC},
            },
        ),
        {
            "hf://a/b": "/spec/model/uri",
            "oci://r.example/x:1": "/spec/model/lora/adapters/0/uri",
            "hf://acme/llama": "/spec/prefill/template/containers/0/command/2",
        },
    ),
    (
        thing(LLM, "TrainedModel", spec={"model": {"storageUri": "s3://b/m"}}),
        {"s3://b/m": "/spec/model/storageUri"},
    ),
    (
        thing(LLM, "LocalModelCache", spec={"sourceModelUri": "hf://a/b"}),
        {"hf://a/b": "/spec/sourceModelUri"},
    ),
    (
        thing(LLM, "ClusterServingRuntime", spec=SPEC),
        {"hf://acme/llama": "/spec/containers/0/command/2"},
    ),
    (
        thing(
            "kubeai.org/v1",
            "Model",
            spec={
                "url": "hf://a/b",
                "adapters": [{"name": "x", "url": "s3://b/x"}],
                "env": {"MODEL_ID": "c/d"},
                "args": ["--tokenizer=e/f"],
            },
        ),
        {
            "hf://a/b": "/spec/url",
            "s3://b/x": "/spec/adapters/0/url",
            "hf://c/d": "/spec/env/MODEL_ID",
            "hf://e/f": "/spec/args/0",
        },
    ),
    (
        thing(
            "kaito.sh/v1beta1",
            "Workspace",
            inference={
                "preset": {"presetOptions": {"image": "r.example/phi:1"}},
                "adapters": [{"source": {"image": "r.example/lora:1"}}],
                "template": {"spec": SPEC},
            },
        ),
        {
            "oci://r.example/phi:1": "/inference/preset/presetOptions/image",
            "oci://r.example/lora:1": "/inference/adapters/0/source/image",
            "hf://acme/llama": "/inference/template/spec/containers/0/command/2",
        },
    ),
    (
        thing(NIM, "NIMCache", spec={"source": {"ngc": {"modelPuller": "nvcr.io/nim/x:1"}}}),
        {"oci://nvcr.io/nim/x:1": "/spec/source/ngc/modelPuller"},
    ),
    (
        thing(
            NIM,
            "NIMCache",
            spec={"source": {"hf": {"namespace": "acme", "modelName": "llama", "revision": "r"}}},
        ),
        {"hf://acme/llama@r": "/spec/source/hf/modelName"},
    ),
    (
        thing(
            NIM,
            "NIMService",
            spec={
                "image": {"repository": "nvcr.io/nim/x", "tag": "1"},
                "storage": {"pvc": {"name": "c", "subPath": "a"}},
            },
        ),
        {"oci://nvcr.io/nim/x:1": "/spec/image/repository", "pvc://c/a": "/spec/storage/pvc/name"},
    ),
    (
        thing(
            "machinelearning.seldon.io/v1",
            "SeldonDeployment",
            spec={
                "predictors": [
                    {
                        "graph": {
                            "modelUri": "gs://b/1",
                            "children": [{"children": [{"modelUri": "gs://b/2"}]}],
                        }
                    }
                ]
            },
        ),
        {
            "gs://b/1": "/spec/predictors/0/graph/modelUri",
            "gs://b/2": "/spec/predictors/0/graph/children/0/children/0/modelUri",
        },
    ),
    (
        thing("mlops.seldon.io/v1alpha1", "Model", spec={"storageUri": "gs://b/m"}),
        {"gs://b/m": "/spec/storageUri"},
    ),
    (
        thing(
            STACK,
            "VLLMRuntime",
            spec={"model": {"modelURL": "a/b"}, "vllmConfig": {"extraArgs": ["--tokenizer=c/d"]}},
        ),
        {"hf://a/b": "/spec/model/modelURL", "hf://c/d": "/spec/vllmConfig/extraArgs/0"},
    ),
    (
        thing(
            STACK,
            "LoraAdapter",
            spec={
                "baseModel": "a/b",
                "adapterSource": {"type": "huggingface", "repository": "c/d"},
            },
        ),
        {"hf://a/b": "/spec/baseModel", "hf://c/d": "/spec/adapterSource/repository"},
    ),
    (
        thing("ome.io/v1beta1", "ClusterBaseModel", spec={"storage": {"storageUri": "hf://a/b"}}),
        {"hf://a/b": "/spec/storage/storageUri"},
    ),
    (
        thing("ray.io/v1", "RayService", spec={"serveConfigV2": RAY}),
        {
            "hf://acme/llama": "/spec/serveConfigV2",
            "hf://acme/tokenizer": "/spec/serveConfigV2",
            "s3://bucket/llama": "/spec/serveConfigV2",
        },
    ),
    (
        thing("ray.io/v1", "RayJob", spec={"entrypoint": "python x.py --model a/b"}),
        {"hf://a/b": "/spec/entrypoint"},
    ),
    (
        {
            **pod(container()),
            "metadata": {"annotations": {SOURCE: "s3://b/m"}},
        },
        {"s3://b/m": f"/metadata/annotations/{SOURCE.replace('/', '~1')}"},
    ),
    (
        thing("v1", "PodExecOptions", command=["vllm", "serve", "a/b"]),
        {"hf://a/b": "/command/2"},
    ),
]


@pytest.mark.parametrize(("document", "expected"), PLACES)
def test_every_place_is_read(document, expected):
    found = found_in(document)

    assert [item.problem for item in found] == [""] * len(found)
    places = {
        item.uri + (f"@{item.revision}" if item.revision else ""): item.where for item in found
    }
    assert places == expected


REFUSED = [
    thing(LLM, "LLMInferenceService", spec={"baseRefs": [{"name": "base"}]}),
    thing(KSERVE, "InferenceService", spec={"predictor": {"model": {"storage": {"path": "x"}}}}),
    thing(KSERVE, "InferenceService", spec={"predictor": {"model": {"storageUri": "abfs://x"}}}),
    thing(KSERVE, "InferenceService", spec={"predictor": {"model": {"storageUri": ["s3://b"]}}}),
    thing(KSERVE, "InferenceService", spec={"predictor": {"model": "s3://b/m"}}),
    thing(KSERVE, "InferenceService", spec={"predictor": ["s3://b/m"]}),
    thing(KSERVE, "InferenceService", spec="s3://b/m"),
    thing(KSERVE, "InferenceService", spec={"predictor": {"storageUris": "s3://b/m"}}),
    thing("kubeai.org/v1", "Model", spec={"url": "ollama://llama"}),
    thing("kaito.sh/v1beta1", "Workspace", inference={"preset": {"name": "phi-4"}}),
    thing("kaito.sh/v1beta1", "Workspace", inference={"config": "vllm-config"}),
    thing(NIM, "NIMCache", spec={"source": {"dataStore": {"endpoint": "http://x"}}}),
    thing(NIM, "NIMCache", spec={"source": {"hf": {"endpoint": "http://x"}}}),
    thing(NIM, "NIMCache", spec={"source": {"hf": {"namespace": "a", "modelName": "b/../c"}}}),
    thing(NIM, "NIMService", spec={"storage": {"nimCache": {"name": "x"}}}),
    thing(STACK, "LoraAdapter", spec={"adapterSource": {"type": "local", "adapterPath": "/x"}}),
    thing("ome.io/v1beta1", "InferenceService", spec={"model": {"name": "llama"}}),
    thing("apps/v1", "Deployment", spec={"template": "x"}),
    thing("apps/v1", "Deployment", spec={"template": {"spec": {"containers": {"a": SERVER}}}}),
    thing("v1", "Pod", spec={"containers": [["vllm", "serve", "a/b"]]}),
    thing("v1", "Pod", spec=["x"]),
]


@pytest.mark.parametrize("document", REFUSED)
def test_what_cannot_be_judged_is_refused_and_not_skipped(document):
    assert problems(document)
    assert names(document) == set()


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: *a",
        "a: !!python/object/apply:os.system [id]",
        "a: 1\na: 2",
        "[" * 500,
        "- a",
        "a: [",
        "a: \x00",
        "x" * 300_000,
        "applications: [{args: {llm_configs: [/config.yaml]}}]",
        "model_loading_config: {model_id: /mnt/llama}",
        "model_loading_config: {model_source: {other: s3://b/m}}",
        "model_loading_config: acme/llama",
        "args: {lora_config: {dynamic_lora_loading_path: s3://b/l}}",
        "runtime_env: {working_dir: 'https://evil.example/x.zip'}",
        "runtime_env: {env_vars: {VLLM_ALLOW_RUNTIME_LORA_UPDATING: '1'}}",
    ],
)
def test_hostile_yaml_in_a_string_is_refused(text):
    document = thing("ray.io/v1", "RayService", spec={"serveConfigV2": text})

    assert problems(document)
    assert names(document) == set()


@pytest.mark.parametrize(
    "document",
    [
        thing(
            LLM,
            "LLMInferenceService",
            spec={
                "model": {"uri": "hf://a/b"},
                "template": {"containers": [{"name": "main", "image": "vllm/vllm-openai:1"}]},
            },
        ),
        thing(
            "kubeai.org/v1",
            "Model",
            spec={"url": "hf://a/b", "image": "vllm/vllm-openai:1", "args": ["--x"]},
        ),
    ],
)
def test_a_server_whose_owner_says_what_it_loads_need_not_say_it_again(document):
    assert names(document) == {"hf://a/b"}
    assert problems(document) == ""


def test_kserves_own_path_is_what_storage_uri_names():
    spec = {"containers": [container(args=["--model_dir=/mnt/models"])]}

    assert found_in(thing(LLM, "ServingRuntime", spec=spec)) == ()


def test_a_deployment_of_kserve_names_what_its_annotation_says():
    spec = {"containers": [container(args=["--model_dir=/mnt/models"])]}
    template = {"metadata": {"annotations": {SOURCE: "s3://b/m"}}, "spec": spec}

    assert names(thing("apps/v1", "Deployment", spec={"template": template})) == {"s3://b/m"}


def test_an_annotation_on_a_pod_does_not_speak_for_the_path_in_it():
    document = pod(container(args=["--model_dir=/mnt/models"]))
    document["metadata"] = {"annotations": {SOURCE: "s3://b/good"}}

    assert names(document) == {"s3://b/good", "oci://registry.example/acme/server:1"}


ENDPOINT = CustomResource("acme.example", "LLMEndpoint", (".spec.model.uri",))
ROUTE = CustomResource(
    "acme.example",
    "Route",
    (".spec.rules[*].model_id", '.spec["other.key"]'),
    scheme="hf",
    revision=".spec.rules[*].revision",
)


def test_a_profile_says_where_a_custom_resource_names_its_model():
    document = thing(
        "acme.example/v1", "LLMEndpoint", spec={"model": {"uri": "oci://r.example/x:1"}}
    )

    assert names(document, [ENDPOINT]) == {"oci://r.example/x:1"}
    assert found_in(document) == ()


def test_a_custom_resource_has_the_scheme_and_the_revision_that_the_profile_says():
    rules = [{"model_id": "a/b", "revision": "r"}, {"model_id": "s3://b/m"}]
    document = thing("acme.example/v1", "Route", spec={"rules": rules, "other.key": "c/d"})

    found = found_in(document, [ROUTE])

    assert {(f.uri, f.revision, f.where, f.problem) for f in found if not f.problem} == {
        ("hf://a/b", "r", "/spec/rules/0/model_id", ""),
        ("s3://b/m", "", "/spec/rules/1/model_id", ""),
        ("hf://c/d", "r", "/spec/other.key", ""),
    }


@pytest.mark.parametrize("value", [1, ["oci://r.example/x:1"], {"a": "b"}, "unknown", "x://y"])
def test_a_custom_resource_with_what_is_no_uri_is_refused(value):
    document = thing("acme.example/v1", "LLMEndpoint", spec={"model": {"uri": value}})

    assert problems(document, [ENDPOINT])


def test_a_path_in_a_profile_that_is_none_refuses_the_object():
    resource = CustomResource("acme.example", "LLMEndpoint", ("spec.model",))

    assert "the profile's path is none" in problems(
        thing("acme.example/v1", "LLMEndpoint"), [resource]
    )


@pytest.mark.parametrize("subresource", ["status", "scale"])
def test_a_subresource_that_cannot_change_what_runs_names_nothing(subresource):
    document = pod(SERVER)
    if subresource == "scale":
        document = thing("autoscaling/v1", "Scale", spec={"replicas": 3})

    assert table.extract(asked(document, subresource=subresource)) == ()


@pytest.mark.parametrize("subresource", ["ephemeralcontainers", "resize", "scale", "binding"])
def test_other_subresources_with_a_pod_are_read(subresource):
    request = asked(pod(SERVER), subresource=subresource, operation=Operation.UPDATE)

    assert any(found.uri == "hf://acme/llama" for found in table.extract(request))


def test_what_is_deleted_names_nothing():
    assert table.extract(asked(pod(SERVER), operation=Operation.DELETE)) == ()


def test_an_object_that_names_too_much_is_refused():
    servers = [container(command=["vllm", "serve", f"a/{n}"]) for n in range(1000)]
    found = table.extract(asked(pod(*servers)))

    assert len(found) <= table.MAX_FOUND + 2
    assert "more than 500 artifacts" in found[-1].problem


def test_an_object_that_holds_too_much_is_refused():
    assert "more than 20000 values" in problems(pod(container(args=["x"] * 30_000)))


def test_an_object_that_is_too_deep_is_refused():
    document = deep = {"kind": "X"}
    for _ in range(200):
        deep["a"] = {}
        deep = deep["a"]

    assert "nested too deep" in problems(document)


def test_text_that_is_kept_in_a_config_map_is_no_pod():
    document = thing("v1", "ConfigMap", data={"containers": "x", "args": "--model a/b"})

    assert table.extract(asked(document)) == ()


def test_every_kind_is_read_by_one_extractor():
    kinds = [kind for extractor in table.EXTRACTORS for kind in extractor.kinds]

    assert len(kinds) == len(set(kinds))
