"""What would bring an unverified model in past the injected container, and does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.mutating import targets
from aiverify.webhook.mutating.injection import NAME, SCRATCH, TOKEN, Injection
from aiverify.webhook.mutating.patching import mutate, verified_by_node, why_not
from tests.support.injected import (
    DIGEST,
    DOWNLOADS,
    INJECTION,
    applied,
    asked,
    claim,
    downloader,
    empty,
    helper,
    initializer,
    model_in,
    mount,
    on_node,
    ours,
    patched,
    pod,
    server,
)

GOOD = patched(pod())
MODEL = model_in(GOOD)


def reason(document: Any, found: Found = MODEL, injection: Injection = INJECTION) -> str:
    said = why_not(document, found, injection)
    assert verified_by_node(document, found, injection) is not bool(said)
    return said


def changed(change: Callable[[Any], object], document: Any = GOOD) -> Any:
    made = copy.deepcopy(document)
    change(made)
    return made


def test_the_injected_pod_is_verified() -> None:
    assert reason(GOOD) == ""


def test_nothing_is_verified_where_nothing_is_injected() -> None:
    assert not verified_by_node(GOOD, MODEL)


def test_a_pod_without_the_container_is_not() -> None:
    assert "no init container" in reason(pod())


def test_neither_labels_nor_annotations_stand_for_the_container() -> None:
    document = pod()
    document["metadata"] |= {
        "labels": {"aiverify.dev/verified": "true"},
        "annotations": {"aiverify.dev/injected": "true", "aiverify.dev/skip": "true"},
    }

    assert "no init container" in reason(document)


CHANGES: dict[str, Callable[[Any], object]] = {
    "image": lambda c: c.update(image="registry.example/evil@" + DIGEST),
    "tag": lambda c: c.update(image="registry.example/aiverify:1"),
    "pull policy": lambda c: c.update(imagePullPolicy="Never"),
    "command": lambda c: c.update(command=["true"]),
    "no command": lambda c: c.pop("command"),
    "arguments": lambda c: c.update(args=["--help"]),
    "another path": lambda c: c["args"].__setitem__(1, "/aiverify/volumes/0/good"),
    "another profile": lambda c: c["env"][0].update(value="{}"),
    "more environment": lambda c: c["env"].append({"name": "LD_PRELOAD", "value": "/x.so"}),
    "the environment of a ConfigMap": lambda c: c.update(
        envFrom=[{"configMapRef": {"name": "mine"}}]
    ),
    "a value from elsewhere": lambda c: c["env"][0].update(
        valueFrom={"configMapKeyRef": {"name": "mine", "key": "profile"}}
    ),
    "as root": lambda c: c["securityContext"].update(runAsUser=0, runAsNonRoot=False),
    "privileged": lambda c: c["securityContext"].update(privileged=True),
    "no seccomp": lambda c: c["securityContext"].pop("seccompProfile"),
    "a number for true": lambda c: c["securityContext"].update(runAsNonRoot=1),
    "a sidecar": lambda c: c.update(restartPolicy="Always"),
    "a hook": lambda c: c.update(lifecycle={"postStart": {"exec": {"command": ["kill", "1"]}}}),
    "a probe": lambda c: c.update(startupProbe={"exec": {"command": ["true"]}}),
    "a directory to work in": lambda c: c.update(workingDir="/aiverify/volumes/0"),
    "a terminal": lambda c: c.update(stdin=True, tty=True),
    "other resources": lambda c: c["resources"]["limits"].update(memory="1Ki"),
    "a part of the volume": lambda c: c["volumeMounts"][0].update(subPath="good"),
    "a part that varies": lambda c: c["volumeMounts"][0].update(subPathExpr="$(X)"),
    "another volume": lambda c: c["volumeMounts"][0].update(name="decoy"),
    "writable": lambda c: c["volumeMounts"][0].update(readOnly=False),
    "propagation": lambda c: c["volumeMounts"][0].update(mountPropagation="HostToContainer"),
    "a mount over the program": lambda c: c["volumeMounts"].append(mount("/usr/lib/python3")),
    "a mount over what is verified": lambda c: c["volumeMounts"].append(
        mount("/aiverify/volumes/0/llama", "decoy")
    ),
    "a writable token": lambda c: c["volumeMounts"].append({"name": "t", "mountPath": TOKEN}),
    "a token that may be written": lambda c: c["volumeMounts"].append(
        mount(TOKEN, "t", readOnly=False)
    ),
    "a part of a token": lambda c: c["volumeMounts"].append(mount(TOKEN, "t", subPath="x")),
    "two tokens": lambda c: c["volumeMounts"].extend([mount(TOKEN, "t"), mount(TOKEN, "u")]),
    "where the end is told": lambda c: c.update(terminationMessagePath="/x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_container_is_the_one_expected_to_the_last_member(change: str) -> None:
    document = changed(lambda pod: CHANGES[change](ours(pod)))

    assert "is not the one that is injected" in reason(document)
    assert patched(document) == GOOD


def test_the_token_that_the_api_server_mounts_is_no_change() -> None:
    token = mount(TOKEN, "kube-api-access-x7k2p")
    document = changed(lambda pod: ours(pod)["volumeMounts"].append(token))
    document["spec"]["volumes"].insert(0, {"name": token["name"], "projected": {"sources": []}})

    assert reason(document) == ""
    assert mutate(asked(document), INJECTION)[0] == []


def test_two_containers_of_the_name_are_none() -> None:
    twice = changed(lambda pod: pod["spec"]["initContainers"].append(ours(pod)))

    assert reason(twice)


def test_another_profile_or_image_of_the_webhook_refuses_what_an_older_one_injected() -> None:
    newer = replace(INJECTION, carried='{"files":{},"profile":{"a":1}}')

    assert "is not the one" in reason(GOOD, injection=newer)


def test_the_volume_for_scratch_is_in_memory_and_nobodys() -> None:
    on_disk = changed(lambda pod: pod["spec"]["volumes"][1].update(emptyDir={}))
    mounted = changed(
        lambda pod: pod["spec"]["containers"].append(helper("x", mount("/s", SCRATCH)))
    )

    assert SCRATCH in reason(on_disk)
    assert SCRATCH in reason(mounted)


WRITERS: dict[str, dict[str, Any]] = {
    "the server itself": {"containers": [server(volumeMounts=[mount(readOnly=False)])]},
    "the server, by saying nothing": {
        "containers": [server(volumeMounts=[{"name": "models", "mountPath": "/models"}])]
    },
    "a container beside it": {"containers": [server(), helper("w", mount("/w", readOnly=False))]},
    "another part of the volume, where a link may lead back": {
        "containers": [server(), helper("w", mount("/w", subPath="other", readOnly=False))]
    },
    "the same claim under another name": {
        "containers": [server(), helper("w", mount("/w", "again", readOnly=False))],
        "volumes": [claim(), claim("again")],
    },
    "a directory of the node": {
        "containers": [server(), helper("w", mount("/w", "node", readOnly=False))],
        "volumes": [claim(), on_node("/var/lib", "node")],
    },
}


@pytest.mark.parametrize("how", WRITERS)
def test_nobody_writes_after_the_verification(how: str) -> None:
    given = dict(WRITERS[how])
    document = pod(*given.pop("containers"), **given)
    injected = changed(
        lambda made: made["spec"].update(
            initContainers=GOOD["spec"]["initContainers"],
            volumes=[*made["spec"]["volumes"], GOOD["spec"]["volumes"][-1]],
        ),
        document,
    )

    assert "readOnly: true" in reason(injected)
    patch, decision = mutate(asked(document), INJECTION)
    assert not patch
    assert decision.warnings


def test_no_later_init_container_writes() -> None:
    late = helper("late", mount("/w", readOnly=False))
    document = changed(lambda pod: pod["spec"]["initContainers"].append(late))

    assert "may write" in reason(document)
    assert patched(document)["spec"]["initContainers"][0]["name"] == "late"


@pytest.mark.parametrize("at", [0, 1])
def test_no_sidecar_writes_wherever_it_stands(at: int) -> None:
    sidecar = helper("sidecar", mount("/w", readOnly=False), restartPolicy="Always")
    document = changed(lambda pod: pod["spec"]["initContainers"].insert(at, sidecar))

    assert "sidecar may write" in reason(document)


def test_a_sidecar_does_not_serve_before_the_verification() -> None:
    early = server(name="early", restartPolicy="Always")
    document = changed(lambda pod: pod["spec"]["initContainers"].insert(0, early))

    assert "before" in reason(document)
    assert patched(document)["spec"]["initContainers"][0]["name"] == NAME


def test_an_init_container_does_not_read_before_the_verification() -> None:
    early = helper("batch", mount())
    document = changed(lambda pod: pod["spec"]["initContainers"].insert(0, early))

    assert "reads the volume before" in reason(document)


def test_an_init_container_that_may_write_does_not_run_the_model_it_names() -> None:
    early = server(name="batch", volumeMounts=[{"name": "models", "mountPath": "/models"}])
    document = patched(pod(helper("done"), init=[early]))

    assert document["spec"]["initContainers"][1]["name"] == NAME
    assert "names it" in reason(document, model_in(document))


def test_a_sidecar_without_the_volume_may_stand_before() -> None:
    proxy = helper("proxy", restartPolicy="Always")
    document = changed(lambda pod: pod["spec"]["initContainers"].insert(0, proxy))

    assert reason(document) == ""


def test_what_was_downloaded_before_is_verified_and_what_comes_after_is_refused() -> None:
    good = patched(pod(init=[downloader()], volumes=[empty()]), DOWNLOADS)
    late = changed(lambda pod: pod["spec"]["initContainers"].reverse(), good)

    assert reason(good, model_in(good), DOWNLOADS) == ""
    assert "may write" in reason(late, model_in(late), DOWNLOADS)
    assert "cannot be told" in reason(good, model_in(good), INJECTION)


OVER: dict[str, dict[str, Any]] = {
    "over a part of the model": mount("/models/llama/tokenizer", "decoy"),
    "over a file of it": mount("/models/llama/config.json", "decoy", subPath="config.json"),
    "in another spelling": mount("/models//llama/./x", "decoy"),
    "the same claim": mount("/models/llama/x", subPath="evil"),
}


@pytest.mark.parametrize("how", OVER)
def test_nothing_is_mounted_over_what_is_verified(how: str) -> None:
    covered = server(volumeMounts=[mount(), OVER[how]])
    document = pod(covered, volumes=[claim(), {"name": "decoy", "configMap": {"name": "x"}}])
    injected = changed(
        lambda made: made["spec"].update(
            initContainers=GOOD["spec"]["initContainers"],
            volumes=[*made["spec"]["volumes"], GOOD["spec"]["volumes"][-1]],
        ),
        document,
    )

    assert "over what is verified" in reason(injected)


def test_a_volume_beside_the_model_is_in_nobodys_way() -> None:
    beside = server(volumeMounts=[mount(), mount("/models/cache", "cache", readOnly=False)])
    document = patched(pod(beside, volumes=[claim(), {"name": "cache", "emptyDir": {}}]))

    assert reason(document, model_in(document)) == ""


HAZARDS: dict[str, tuple[Callable[[Any], object], str]] = {
    "shared processes": (lambda s: s.update(shareProcessNamespace=True), "share processes"),
    "the node's processes": (lambda s: s.update(hostPID=True), "share processes"),
    "Windows": (lambda s: s.update(os={"name": "windows"}), "Windows"),
    "a privileged container": (
        lambda s: s["containers"].append(helper("x", securityContext={"privileged": True})),
        "privileged",
    ),
    "a capability": (
        lambda s: s["containers"].append(
            helper("x", securityContext={"capabilities": {"add": ["CAP_SYS_ADMIN"]}})
        ),
        "SYS_ADMIN",
    ),
    "all capabilities": (
        lambda s: s["containers"][0].update(securityContext={"capabilities": {"add": ["all"]}}),
        "SYS_ADMIN",
    ),
    "a path that varies": (
        lambda s: s["containers"].append(helper("x", mount("/x", subPathExpr="$(X)"))),
        "subPathExpr",
    ),
    "propagation": (
        lambda s: s["containers"].append(
            helper("x", mount("/x", mountPropagation="HostToContainer"))
        ),
        "mountPropagation",
    ),
    "a raw device": (
        lambda s: s["containers"].append(
            helper("x", volumeDevices=[{"name": "models", "devicePath": "/dev/x"}])
        ),
        "raw device",
    ),
    "the scratch as a raw device": (
        lambda s: s["containers"].append(
            helper("x", volumeDevices=[{"name": SCRATCH, "devicePath": "/dev/x"}])
        ),
        SCRATCH,
    ),
    "a device over a part of the model": (
        lambda s: s["containers"][0].update(
            volumeDevices=[{"name": "raw", "devicePath": "/models/llama/x"}]
        ),
        "over what is verified",
    ),
    "a container that targets ours": (
        lambda s: s.update(ephemeralContainers=[helper("debug", targetContainerName=NAME)]),
        "targets",
    ),
    "an ephemeral container that writes": (
        lambda s: s.update(ephemeralContainers=[helper("debug", mount("/w", readOnly=False))]),
        "may write",
    ),
}


@pytest.mark.parametrize("hazard", HAZARDS)
def test_what_undoes_a_verification_is_refused_with_its_reason(hazard: str) -> None:
    change, words = HAZARDS[hazard]

    document = changed(lambda pod: pod["spec"]["volumes"].insert(1, claim("raw", "raw")))

    assert words in reason(changed(lambda pod: change(pod["spec"]), document))


def test_an_ephemeral_container_that_reads_is_no_hazard() -> None:
    debug = [helper("debug", mount())]

    assert reason(changed(lambda pod: pod["spec"].update(ephemeralContainers=debug))) == ""


@pytest.mark.parametrize("spec", [{"hostUsers": False}, {"runtimeClassName": "kata"}])
def test_what_isolates_more_is_no_hazard(spec: dict[str, Any]) -> None:
    document = patched(pod(**spec))

    assert reason(document) == ""


def test_a_directory_of_the_node_that_its_container_does_not_mount_is_not_what_it_uses() -> None:
    document = patched(pod(server(name="b", volumeMounts=[]), server(), volumes=[on_node("/data")]))
    found = Found("file:///data/llama", "/spec/containers/0/args/1")

    assert "cannot be told" in reason(document, found)
    assert reason(document, replace(found, where="/spec/containers/1/args/1")) == ""


def test_a_path_on_another_mount_is_not_taken_for_one_of_the_node() -> None:
    both = server(volumeMounts=[mount("/data", "good"), mount()])
    document = patched(pod(both, volumes=[claim("good"), on_node("/data")]))

    assert ours(document)["args"][1:] == ["/aiverify/volumes/0/llama"]
    assert ours(document)["volumeMounts"][0]["name"] == "models"


def test_a_path_that_ends_like_another_is_not_taken_for_it() -> None:
    both = server("/models/data/llama", volumeMounts=[mount("/data", "good"), mount()])
    document = patched(pod(both, volumes=[claim("good"), on_node("/")]))

    assert ours(document)["volumeMounts"][0]["name"] == "models"


def test_a_claim_that_its_container_does_not_mount_is_not_what_it_uses() -> None:
    other = server("pvc://weights/llama", name="other", volumeMounts=[])
    document = patched(pod(other, server()))

    assert "cannot be told" in reason(
        document, Found("pvc://weights/llama", "/spec/containers/0/args/1")
    )


@pytest.mark.parametrize(
    "found",
    [
        replace(MODEL, problem="nobody knows"),
        replace(MODEL, uri="pvc://weights/other"),
        replace(MODEL, uri="pvc://other/llama"),
        replace(MODEL, uri="pvc://weights/llama/../evil"),
        replace(MODEL, uri="hf://acme/llama"),
        replace(MODEL, uri="weights/llama"),
        replace(MODEL, where="/spec/containers/9/args/1"),
        replace(MODEL, where="/spec/containers/1e9/args/1", uri="file:///models/llama"),
        replace(MODEL, where="", uri="file:///models/llama"),
        replace(MODEL, where="/spec/initContainers/²/args/1", uri="file:///models/llama"),
    ],
)
def test_another_reference_is_not_covered(found: Found) -> None:
    assert reason(GOOD, found)


def test_the_injected_container_names_nothing_itself() -> None:
    names = [[f for f in targets.references(d) if f.what is not What.IMAGE] for d in (pod(), GOOD)]

    assert names[0] == names[1] == [MODEL]


def test_a_volume_that_is_changed_while_it_is_mounted_is_none_to_verify() -> None:
    volumes = [{"name": "models", "configMap": {"name": "tiny"}}]

    assert mutate(asked(pod(volumes=volumes)), INJECTION)[0] == []


def downloading(first: dict[str, Any]) -> tuple[dict[str, Any], Found]:
    serving = server("/mnt/models", volumeMounts=[mount("/mnt/models")])
    document = pod(serving, init=[first], volumes=[empty()])
    return document, Found("s3://acme/llama", "/spec/initContainers/0/args/0")


def test_a_download_of_kserve_is_verified_where_that_is_asked_for() -> None:
    document, found = downloading(initializer())

    assert found in targets.references(document)
    assert mutate(asked(document), INJECTION)[0] == []
    result = patched(document, DOWNLOADS)
    assert ours(result)["args"][1:] == ["/aiverify/volumes/0"]
    assert reason(result, found, DOWNLOADS) == ""
    assert reason(result, found, INJECTION)


@pytest.mark.parametrize(
    "first",
    [
        initializer(name="mine"),
        initializer(image="vllm/vllm-openai"),
        initializer(command=["vllm", "serve"]),
        initializer(restartPolicy="Always"),
        initializer("s3://acme/llama"),
        initializer("s3://acme/llama", "relative"),
        initializer("s3://acme/llama", "/mnt/models/../elsewhere"),
        initializer("s3://acme/llama", "/elsewhere"),
        initializer("s3://acme/llama", "$(WHERE)"),
        initializer("s3://acme/llama", "/mnt/models", "s3://acme/other"),
    ],
)
def test_what_another_container_names_is_not_covered_by_what_lies_there(
    first: dict[str, Any],
) -> None:
    # It could run what it names, and only then let something good be verified.
    document, found = downloading(first)
    patch, _ = mutate(asked(document), DOWNLOADS)

    assert reason(applied(document, patch), found, DOWNLOADS)


def test_a_running_pod_stays_admitted_when_the_profile_has_changed() -> None:
    newer = replace(INJECTION, carried='{"files":{},"profile":{"a":1}}')
    labelled = changed(lambda pod: pod["metadata"].update(labels={"a": "b"}))

    assert why_not(labelled, MODEL, newer, old=GOOD) == ""
    assert why_not(labelled, MODEL, newer)


def test_an_update_does_not_exchange_the_image_that_verifies() -> None:
    evil = changed(lambda pod: ours(pod).update(image="evil@" + DIGEST))

    assert why_not(evil, MODEL, INJECTION, old=GOOD)


def test_an_update_brings_in_no_ephemeral_container_that_writes() -> None:
    newer = replace(INJECTION, carried='{"files":{},"profile":{"a":1}}')
    reads, writes = (
        changed(lambda pod, w=w: pod["spec"].update(ephemeralContainers=[helper("d", w)]))
        for w in (mount(), mount(readOnly=False))
    )

    assert why_not(reads, MODEL, newer, old=GOOD) == ""
    assert "may write" in why_not(writes, MODEL, newer, old=GOOD)


def test_an_ephemeral_container_does_not_serve_what_was_never_verified() -> None:
    before = pod()
    after = changed(
        lambda made: made["spec"].update(ephemeralContainers=[server(name="debug")]), before
    )
    found = Found("pvc://weights/llama", "/spec/ephemeralContainers/0/args/1")

    assert "given none" in why_not(after, found, INJECTION, old=before)


def test_an_update_that_changes_nothing_verifies_nothing_else() -> None:
    before = pod()

    assert why_not(GOOD, replace(MODEL, uri="hf://acme/llama"), INJECTION, old=GOOD)
    assert why_not(GOOD, replace(MODEL, uri="pvc://weights/other"), INJECTION, old=GOOD)
    assert "given none" in why_not(before, MODEL, INJECTION, old=before)


def test_another_directory_of_the_node_may_be_read_before() -> None:
    document = pod(
        init=[helper("zone", mount("/zone", "zone"))],
        volumes=[on_node("/data"), on_node("/usr/share/zoneinfo", "zone")],
    )
    result = patched(document)
    result["spec"]["initContainers"].reverse()

    assert reason(result, model_in(result)) == ""


def test_the_innermost_mount_is_what_a_container_finds() -> None:
    both = server(volumeMounts=[mount("/models", "outer"), mount("/models/llama", "models")])
    writes = downloader()
    document = pod(both, init=[writes], volumes=[empty(), empty("outer")])
    found = ours(patched(document, DOWNLOADS))

    assert found["volumeMounts"][0]["name"] == "models"
    assert found["args"][1:] == ["/aiverify/volumes/0"]
