"""Reading a pod: what is not what it should be is not read around."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from aiverify.webhook.mutating.pods import absolute, lies_in, read, related
from tests.support.injected import claim, helper, mount, pod, server


def test_a_pod_is_read() -> None:
    found = read(pod(server(), init=[helper("a", mount(subPath="x/./y"))]))

    assert found
    assert [item.name for item in found.containers] == ["a", "server"]
    assert found.init[0].mounts[0].sub == "/x/y"
    assert found.volumes["models"].source == "claim:weights"


WRONG: dict[str, tuple[str, Any]] = {
    "containers that are no list": ("containers", {"0": server()}),
    "a container that is no object": ("initContainers", [helper(), "x"]),
    "a container without a name": ("initContainers", [{"image": "x"}]),
    "two containers of one name": ("initContainers", [helper("server")]),
    "mounts that are no list": ("containers", [server(volumeMounts={})]),
    "a mount that is no object": ("containers", [server(volumeMounts=[1])]),
    "a mount without a path": ("containers", [server(volumeMounts=[{"name": "models"}])]),
    "a mount that leads out": ("containers", [server(volumeMounts=[mount(subPath="../x")])]),
    "a mount of an absolute part": ("containers", [server(volumeMounts=[mount(subPath="/x")])]),
    "a word for true": ("containers", [server(volumeMounts=[mount(readOnly="true")])]),
    "volumes that are no list": ("volumes", "x"),
    "a volume of two kinds": ("volumes", [{**claim(), "emptyDir": {}}]),
    "a volume of no kind": ("volumes", [{"name": "models"}]),
    "a volume without a name": ("volumes", [{"emptyDir": {}}]),
    "two volumes of one name": ("volumes", [claim(), claim()]),
    "a claim without a name": ("volumes", [{"name": "m", "persistentVolumeClaim": {}}]),
    "a relative directory": ("volumes", [{"name": "m", "hostPath": {"path": "x"}}]),
    "shared processes in a word": ("shareProcessNamespace", "false"),
    "privileges in a word": ("containers", [server(securityContext={"privileged": "no"})]),
    "words that are numbers": ("containers", [server(args=[1])]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_told_is_no_pod(wrong: str) -> None:
    key, value = WRONG[wrong]
    document = copy.deepcopy(pod())
    document["spec"][key] = value

    assert read(document) is None


@pytest.mark.parametrize("kind", [{"kind": "Deployment"}, {"apiVersion": "v2"}, {"kind": None}])
def test_another_kind_is_no_pod(kind: dict[str, Any]) -> None:
    assert read({**pod(), **kind}) is None


def test_the_claim_of_an_ephemeral_volume_is_known_by_its_other_name() -> None:
    volumes = [{"name": "tmp", "ephemeral": {}}, claim("again", "p-tmp")]
    found = read(pod(helper("a"), volumes=volumes))

    assert found
    assert found.volumes["tmp"].source == found.volumes["again"].source


def test_paths_are_compared_by_their_parts() -> None:
    assert absolute("//a/./b//c/") == "/a/b/c"
    assert lies_in("/a/b", "/a")
    assert lies_in("/a", "/")
    assert not lies_in("/ab", "/a")
    assert related("/a", "/a/b")
    assert not related("/a/b", "/a/c")
