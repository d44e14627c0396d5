from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from aiverify.cli.webhook.companions import ClusterWords
from aiverify.core.admission import CustomResource
from aiverify.errors import UsageError
from aiverify.webhook.extractors import table
from aiverify.webhook.manifests import rules
from aiverify.webhook.manifests.carried import Carried
from aiverify.webhook.manifests.rendering import render
from aiverify.webhook.manifests.text import to_yaml
from aiverify.webhook.manifests.values import (
    GRACE,
    Certificates,
    Injecting,
    Outside,
    Pull,
    Reach,
    Values,
)
from aiverify.webhook.manifests.workload import arguments
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation
from aiverify.webhook.server.settings import Injected, Settings
from tests.support.commands import call

IMAGE = f"registry.example/acme/aiverify@sha256:{'1' * 64}"
CARRIED = Carried(b"apiVersion: x\n", {"keys/a.pub": b"PEM\n", "b.der": b"\x00\xff"})


def values(**chosen: Any) -> Values:
    return Values(**{"carried": CARRIED, "image": IMAGE, **chosen})


EVERYTHING = values(
    certificates=Certificates.CERT_MANAGER,
    injecting=Injecting(Pull.ALWAYS, downloads=True),
    excluded=("monitoring",),
    registry_secret="logins",
    summaries="verdicts",
    priority_class="system-cluster-critical",
    reach=Reach(("10.0.0.0/24",), client_ca="PEM"),
)
OUTSIDE = values(outside=Outside("https://webhook.example", "PEM"), injecting=Injecting(), image="")
VARIANTS = {
    "plain": values(),
    "mutating": values(injecting=Injecting()),
    "no crd": values(crd=False, certificates=Certificates.CERT_MANAGER),
    "everything": EVERYTHING,
    "outside": OUTSIDE,
}


def of_kind(documents: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    [found] = [item for item in documents if item["kind"] == kind]
    return found


def rendered(kind: str, chosen: Values | None = None) -> dict[str, Any]:
    return of_kind(render(chosen or values()), kind)


def pod(chosen: Values | None = None) -> dict[str, Any]:
    found: dict[str, Any] = rendered("Deployment", chosen)["spec"]["template"]["spec"]
    return found


def webhooks(chosen: Values | None = None) -> list[dict[str, Any]]:
    return [
        hook
        for item in render(chosen or values())
        if item["kind"].endswith("WebhookConfiguration")
        for hook in item["webhooks"]
    ]


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_what_is_printed_is_what_was_rendered(name: str):
    documents = render(VARIANTS[name])

    assert list(yaml.safe_load_all(to_yaml(documents))) == documents


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_webhook_comes_last_and_its_own_objects_are_in_its_namespace(name: str):
    documents = render(VARIANTS[name])
    kinds = [item["kind"] for item in documents]
    placed = {item["metadata"].get("namespace") for item in documents}

    first = next(i for i, kind in enumerate(kinds) if kind.endswith("WebhookConfiguration"))
    assert all(kind.endswith("WebhookConfiguration") for kind in kinds[first:])
    assert placed <= {None, VARIANTS[name].namespace}
    identities = {
        (item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"])
        for item in documents
    }
    assert len(identities) == len(documents)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_webhook_admits_what_installs_it(name: str):
    for item in render(VARIANTS[name]):
        group, _, version = item["apiVersion"].rpartition("/")
        kind = GroupVersionKind(group, version, item["kind"])
        request = AdmissionRequest("1", kind, Operation.CREATE, item)

        # Images are judged where the profile asks for it; there is nothing else to judge.
        assert {found.uri for found in table.extract(request)} <= {f"oci://{IMAGE}"}


@pytest.mark.parametrize("chosen", [values(), EVERYTHING])
def test_its_pods_meet_the_restricted_standard(chosen: Values):
    assert list(violations(pod(chosen))) == []


def violations(spec: dict[str, Any]) -> Iterator[str]:
    """Where a pod breaks the Pod Security Standards (level restricted)."""
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"}
    for volume in spec["volumes"]:
        if not set(volume) - {"name"} <= allowed:
            yield f"volume {volume['name']}"
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield name
    outer = spec["securityContext"]
    if not outer.get("runAsNonRoot") or not outer.get("runAsUser"):
        yield "root"
    if outer.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "seccomp"
    for container in spec["containers"]:
        if container["securityContext"] != CONFINED:
            yield container["name"]
        if any("hostPort" in port for port in container["ports"]):
            yield "hostPort"


CONFINED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
}


def test_no_volume_is_mounted_into_another():
    paths = [Path(mount["mountPath"]) for mount in pod(EVERYTHING)["containers"][0]["volumeMounts"]]

    assert not [(a, b) for a in paths for b in paths if a != b and a.is_relative_to(b)]


def test_every_volume_is_mounted_and_every_mount_is_a_volume():
    for chosen in (values(), EVERYTHING):
        spec = pod(chosen)
        mounted = [mount["name"] for mount in spec["containers"][0]["volumeMounts"]]

        assert mounted == [volume["name"] for volume in spec["volumes"]]


def test_a_pod_is_given_the_time_that_the_server_takes_to_end():
    fields = Settings.__dataclass_fields__

    assert fields["linger"].default + fields["drain"].default + 5 < GRACE
    assert pod()["terminationGracePeriodSeconds"] == GRACE


def test_a_review_ends_before_the_api_server_stops_waiting():
    for timeout in (1, 10, 30):
        chosen = values(timeout=timeout)
        [deadline] = [
            word for word in pod(chosen)["containers"][0]["args"] if word.startswith("--deadline")
        ]

        assert 0 < int(deadline.removeprefix("--deadline=").removesuffix("ms")) < timeout * 1000
        assert {hook["timeoutSeconds"] for hook in webhooks(chosen)} == {timeout}


def test_every_kind_in_which_models_are_found_is_asked_about():
    found = rules.resource_rules(rules.kinds_of_extractors(), ())

    for extractor in table.EXTRACTORS:
        for kind in extractor.kinds:
            [rule] = [item for item in found if kind.group in item["apiGroups"]]
            resources = rules.BUILT_IN.get(kind.group, {kind.kind: ("*",)})[kind.kind]
            assert set(resources) <= set(rule["resources"]), kind
            assert rule["apiVersions"] == ["*"]
            assert rule["operations"] == ["CREATE", "UPDATE"]
            assert rule["scope"] == "*"


def test_a_custom_resource_of_the_profile_is_asked_about_whatever_its_plural_is():
    resource = CustomResource("example.com", "Proxy", (".spec.model",))

    [*_, last] = webhooks(values(resources=(resource,)))[0]["rules"]

    assert "example.com" in last["apiGroups"]
    assert last["resources"] == ["*"]


def test_a_custom_resource_in_a_built_in_group_is_asked_about():
    kinds = ("ConfigMap", "Endpoints", "Pod")
    chosen = tuple(CustomResource("", kind, (".data.model",)) for kind in kinds)

    [core] = [
        rule for rule in webhooks(values(resources=chosen))[0]["rules"] if rule["apiGroups"] == [""]
    ]

    assert core["resources"] == [
        "pods",
        "pods/ephemeralcontainers",
        "podtemplates",
        "replicationcontrollers",
        "configmaps",
        "endpoints",
    ]


def test_containers_that_are_added_to_a_running_pod_are_asked_about():
    [core] = [rule for rule in webhooks()[0]["rules"] if rule["apiGroups"] == [""]]

    assert {"pods", "pods/ephemeralcontainers"} <= set(core["resources"])


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_nothing_that_an_author_of_workloads_writes_decides_whether_is_asked(name: str):
    for hook in webhooks(VARIANTS[name]):
        assert "objectSelector" not in hook
        [expression] = hook["namespaceSelector"]["matchExpressions"]
        assert expression["key"] == "kubernetes.io/metadata.name"
        assert expression["operator"] == "NotIn"
        for condition in hook.get("matchConditions", []):
            assert "labels" not in condition["expression"]
            assert "annotations" not in condition["expression"]
        assert hook["failurePolicy"] == "Fail"
        assert hook["matchPolicy"] == "Equivalent"
        assert hook["sideEffects"] == "None"
        assert hook["admissionReviewVersions"] == ["v1"]


def test_the_mutating_webhook_is_asked_of_pods_alone_and_again():
    [hook] = [hook for hook in webhooks(EVERYTHING) if hook["name"].startswith("mutate")]

    assert hook["reinvocationPolicy"] == "IfNeeded"
    assert hook["clientConfig"]["service"]["path"] == "/mutate"
    assert [rule["resources"] for rule in hook["rules"]] == [["pods"]]
    assert len(webhooks()) == 1


def test_it_may_do_no_more_than_it_has_to():
    documents = render(values())

    granted = {
        (rule["apiGroups"][0], resource, verb, tuple(rule["resourceNames"]))
        for item in documents
        if item["kind"] in ("Role", "ClusterRole")
        for rule in item["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    profiles = {
        ("aiverify.dev", "profiles", verb, ("aiverify",)) for verb in ("get", "list", "watch")
    }
    assert granted == profiles | {
        ("", "secrets", "get", ("aiverify-webhook-tls",)),
        ("", "secrets", "update", ("aiverify-webhook-tls",)),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations", "get", ("aiverify",)),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations", "patch", ("aiverify",)),
    }
    assert of_kind(documents, "Role")["metadata"]["namespace"] == "aiverify-system"


def test_without_a_use_for_it_there_is_no_token_and_no_role():
    chosen = values(crd=False, certificates=Certificates.CERT_MANAGER)

    assert pod(chosen)["automountServiceAccountToken"] is False
    assert not [item for item in render(chosen) if "Role" in item["kind"]]


def test_the_secret_is_empty_so_that_applying_it_again_takes_nothing_away():
    assert "data" not in rendered("Secret")


def test_cert_manager_tells_the_api_server_whom_to_believe():
    documents = render(EVERYTHING)
    [served] = [
        item
        for item in documents
        if item["kind"] == "Certificate" and item["metadata"]["name"] == "aiverify-webhook-tls"
    ]

    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        annotations = of_kind(documents, kind)["metadata"]["annotations"]
        assert annotations["cert-manager.io/inject-ca-from"] == (
            "aiverify-system/aiverify-webhook-tls"
        )
    assert "aiverify-webhook.aiverify-system.svc" in served["spec"]["dnsNames"]
    assert not [item for item in documents if item["kind"] == "Secret"]


def test_only_what_is_needed_comes_in_and_goes_out():
    spec = rendered("NetworkPolicy", EVERYTHING)["spec"]

    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["ingress"][0] == {
        "from": [{"ipBlock": {"cidr": "10.0.0.0/24"}}],
        "ports": [{"protocol": "TCP", "port": 8443}],
    }
    out = {(port["protocol"], port["port"]) for rule in spec["egress"] for port in rule["ports"]}
    assert out == {("UDP", 53), ("TCP", 53), ("TCP", 443), ("TCP", 6443)}


def test_the_files_of_a_profile_are_in_the_config_map_to_the_byte():
    found = rendered("ConfigMap")
    texts = {key: text.encode() for key, text in found["data"].items()}
    binary = {key: base64.b64decode(text) for key, text in found["binaryData"].items()}

    items = pod()["volumes"][0]["configMap"]["items"]
    laid = {item["path"]: {**texts, **binary}[item["key"]] for item in items}
    assert laid == {
        "profile/aiverify.yaml": CARRIED.profile,
        "profile/keys/a.pub": b"PEM\n",
        "profile/b.der": b"\x00\xff",
    }


def test_files_whose_names_become_the_same_stay_two():
    carried = Carried(b"x", {"a/b": b"1", "a__b": b"2", "a b": b"3", "a_b": b"4", "..c/d": b"5"})
    found = rendered("ConfigMap", values(carried=carried))

    keys = set(found["data"])
    assert len(keys) == 6
    assert sorted(found["data"].values()) == ["1", "2", "3", "4", "5", "x"]
    assert not [key for key in keys if key.startswith("..")]


def test_a_webhook_outside_has_nothing_in_the_cluster_but_its_configurations():
    documents = render(OUTSIDE)

    assert [item["kind"] for item in documents] == [
        "CustomResourceDefinition",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
    ]
    assert [hook["clientConfig"] for hook in webhooks(OUTSIDE)] == [
        {"url": f"https://webhook.example/{path}", "caBundle": base64.b64encode(b"PEM").decode()}
        for path in ("validate", "mutate")
    ]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"image": ""}, "no image"),
        ({"image": "registry.example/aiverify:1.0"}, "can be moved"),
        ({"image": "oci://" + IMAGE}, "can be moved"),
        ({"image": "not an image"}, "--image"),
        ({"namespace": "Kube_System"}, "no name in Kubernetes"),
        ({"namespace": "a\nb: c"}, "no name in Kubernetes"),
        ({"namespace": "a.b"}, "no name in Kubernetes"),
        ({"excluded": ("ok", "*")}, "--exclude-namespace"),
        ({"registry_secret": "../x"}, "--registry-secret"),
        ({"summaries": "-"}, "--summaries"),
        ({"priority_class": "A"}, "--priority-class"),
        ({"replicas": 0}, "--replicas"),
        ({"timeout": 0}, "from 1 to 30"),
        ({"timeout": 31}, "from 1 to 30"),
    ],
)
def test_what_kubernetes_would_not_take_is_refused(chosen: dict[str, Any], words: str):
    with pytest.raises(UsageError, match=words):
        values(**chosen)


def test_a_port_or_a_network_that_is_none_is_refused():
    with pytest.raises(UsageError, match="--egress-port"):
        Reach(egress_ports=(0,))
    with pytest.raises(UsageError, match="no network"):
        Reach(("10.0.0.1/24",))


def test_the_server_takes_the_words_that_its_pod_gives_it(monkeypatch: pytest.MonkeyPatch):
    from aiverify.webhook.server import serving

    asked = []
    monkeypatch.setattr(serving, "serve", lambda settings, **more: asked.append((settings, more)))
    monkeypatch.setattr(ClusterWords, "_client", lambda self, scratch: None)
    for chosen in (values(), EVERYTHING):
        done = call(*arguments(chosen), cwd=Path("/"))

        assert done.exit_code == 0, done.err
    (plain, beside), (everything, alone) = asked
    assert [type(item).__name__ for item in beside["companions"]] == ["Keeper", "Profiles"]
    assert [type(item).__name__ for item in alone["companions"]] == ["Profiles"]
    assert (plain.injected, everything.injected) == (None, Injected(IMAGE, "Always", True))
    assert plain.audit == "-"
    assert plain.deadline == 9.5
    assert everything.tls.client_ca == Path("/etc/aiverify/client-ca/ca.crt")


@pytest.mark.parametrize(
    "url",
    ["http://a", "https://", "https://u:p@a", "https://a/?b", "https://a/#b", "https://a/validate"],
)
def test_a_url_that_no_api_server_takes_is_refused(url: str):
    with pytest.raises(UsageError, match="no URL"):
        Outside(url, "PEM")
