"""What `aiverify webhook manifests` prints, in a real API server, and what its pods do there."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.verify.profile import read_profile
from aiverify.webhook.cluster.certificates import Keeper, Place, service_names
from aiverify.webhook.cluster.client import Client
from aiverify.webhook.cluster.place import kubeconfig
from aiverify.webhook.cluster.profiles import Profiles
from aiverify.webhook.cluster.rotation import Timing
from aiverify.webhook.manifests.crd import NAME as CRD
from aiverify.webhook.manifests.crd import profile_object
from tests.support.cluster.answering import WORDS, answering
from tests.support.cluster.cluster import Answer, Cluster, wait_until
from tests.support.cluster.gate import IMAGE, Gate, apply, manifests
from tests.support.cluster.objects import imaged
from tests.support.story import Story

pytestmark = pytest.mark.e2e

NAMESPACE = "aiverify-system"
ACCOUNT = f"system:serviceaccount:{NAMESPACE}:aiverify-webhook"
SECRET = "secret/aiverify-webhook-tls"
CONFIGURATION = "validatingwebhookconfiguration/aiverify"
DIGEST = f"sha256:{'1' * 64}"
PODS = "/api/v1/namespaces/default/pods"

Documents = list[dict[str, Any]]


@pytest.fixture
def installed(cluster: Cluster, story: Story) -> Iterator[Documents]:
    """Everything but the webhook configurations, which would hold up everything."""
    found = manifests("--image", IMAGE, "--mutating", cwd=story.root)
    apply(cluster, [one for one in found if not is_configuration(one)])
    try:
        yield found
    finally:
        for kind in ("validatingwebhookconfiguration", "mutatingwebhookconfiguration"):
            cluster.do(f"delete {kind} aiverify --ignore-not-found")
        own = "deployment,secret,configmap,role,rolebinding"
        cluster.do(f"-n {NAMESPACE} delete {own} --all --wait=false")
        cluster.do("delete clusterrole,clusterrolebinding aiverify-webhook")
        cluster.do("delete profiles --all")


def is_configuration(document: dict[str, Any]) -> bool:
    return str(document["kind"]).endswith("WebhookConfiguration")


def led_to(documents: Documents, port: int) -> Documents:
    """The configurations, whose Service is this machine: there is nothing that routes to one."""
    found = copy.deepcopy([one for one in documents if is_configuration(one)])
    for one in found:
        for hook in one["webhooks"]:
            path = hook["clientConfig"].pop("service")["path"]
            hook["clientConfig"]["url"] = f"https://127.0.0.1:{port}{path}"
    return found


def of_kind(documents: Documents, kind: str) -> dict[str, Any]:
    return next(one for one in documents if one["kind"] == kind)


def a_pod(documents: Documents) -> dict[str, Any]:
    template = copy.deepcopy(of_kind(documents, "Deployment")["spec"]["template"])
    metadata = {**template["metadata"], "name": "tried", "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


@pytest.fixture
def clients(cluster: Cluster, installed: Documents, tmp_path: Path) -> Iterator[list[Client]]:
    """Two that ask as the webhook's pods do: with the rights of their account and no others."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = [Client(kubeconfig(cluster.kubeconfig(), scratch)) for _ in range(2)]
    for one in found:
        one._session.headers["Impersonate-User"] = ACCOUNT
    yield found
    for one in found:
        one.close()


def test_every_object_is_taken_with_every_field(cluster: Cluster, story: Story):
    for words in ((), ("--cert-manager", "--mutating", "--no-crd")):
        found = manifests("--image", IMAGE, *words, cwd=story.root)
        known = [one for one in found if not one["apiVersion"].startswith("cert-manager.io/")]
        namespace = of_kind(known, "Namespace")
        cluster.do("apply --server-side -f -", namespace)

        done = cluster.kubectl(
            "apply --server-side --dry-run=server --validate=strict -f -", *known
        )

        assert (done.exit_code, done.err) == (0, "")
        assert len(done.out.splitlines()) == len(known)


def test_applying_it_again_changes_nothing(cluster: Cluster, installed: Documents):
    again = apply(cluster, [one for one in installed if not is_configuration(one)])

    changed = {line.split()[0] for line in again.splitlines() if not line.endswith("unchanged")}
    # kubectl says so of every budget: its patch strategy is to replace.
    assert changed <= {"poddisruptionbudget.policy/aiverify-webhook"}


def test_its_pods_may_run_where_only_the_restricted_may(cluster: Cluster, installed: Documents):
    dry = "create --dry-run=server -f -"
    assert cluster.kubectl(dry, a_pod(installed)).exit_code == 0

    weak = a_pod(installed)
    del weak["spec"]["securityContext"]["seccompProfile"]

    assert 'violates PodSecurity "restricted' in cluster.kubectl(dry, weak).err


def test_its_account_may_do_what_it_has_to_and_nothing_else(cluster: Cluster, installed: Documents):
    def can(words: str) -> bool:
        line = f"auth can-i {words} --as={ACCOUNT}"
        return cluster.kubectl(line).out.strip() == "yes"

    own = ("validatingwebhookconfigurations/aiverify", "mutatingwebhookconfigurations/aiverify")
    may = [f"{verb} {SECRET} -n {NAMESPACE}" for verb in ("get", "update")]
    may += [f"{verb} {name}" for verb in ("get", "patch") for name in own]
    not_ = [f"{verb} secrets -n {NAMESPACE}" for verb in ("list", "watch", "create", "get")]
    not_ += [f"{verb} {SECRET} -n default" for verb in ("get", "update")]
    not_ += [f"{verb} {SECRET} -n {NAMESPACE}" for verb in ("delete", "patch")]
    not_ += [f"{verb} {own[0]}" for verb in ("update", "delete", "create")]
    not_ += ["patch validatingwebhookconfigurations/other", "update profiles/aiverify"]
    not_ += ["get pods -A", "create pods -n default", "get configmaps -n kube-system"]

    assert [words for words in may if not can(words)] == []
    assert [words for words in not_ if can(words)] == []


def test_the_secret_keeps_its_certificate_when_all_is_applied_again(
    cluster: Cluster, installed: Documents, clients: list[Client], tmp_path: Path
):
    keeper = Keeper(clients[0], place(), tmp_path / "tls")
    keeper.step()
    before = json.loads(cluster.do(f"get {SECRET} -n {NAMESPACE} -o json"))["data"]

    apply(cluster, [one for one in installed if not is_configuration(one)])
    after = json.loads(cluster.do(f"get {SECRET} -n {NAMESPACE} -o json"))["data"]

    assert before["tls.crt"]
    assert after == before


def place() -> Place:
    names = (*service_names("aiverify-webhook", NAMESPACE), "127.0.0.1")
    return Place(NAMESPACE, "aiverify-webhook-tls", names, "aiverify", "aiverify")


def test_the_api_server_believes_each_certificate_of_a_rotation(
    cluster: Cluster, installed: Documents, clients: list[Client], tmp_path: Path
):
    """Two replicas rotate one after the other; one serves what the other made."""
    # Each step is due at once: a certificate is to be replaced as soon as it is made.
    hour, none = timedelta(hours=1), timedelta(0)
    timing = Timing(lifetime=hour, before=2 * hour, settle=none, overlap=none)
    quick, slow = (
        Keeper(one, place(), tmp_path / str(number), timing) for number, one in enumerate(clients)
    )
    slow.step()
    with answering(tmp_path / "1") as port:
        apply(cluster, led_to(installed, port))
        served = set()
        for _ in range(8):
            for keeper in (quick, slow):
                keeper.step()
                wait_until(lambda: asked(cluster).message.endswith(WORDS), "it is believed")
                assert keeper.problem == ""
            served.add((tmp_path / "1" / "tls.crt").read_bytes())

    assert len(served) > 3


def asked(cluster: Cluster) -> Answer:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "asked"},
        "spec": {"containers": [{"name": "c", "image": "registry.example/c"}]},
    }
    return cluster.ask("POST", f"{PODS}?dryRun=All", pod)


def test_applying_the_configurations_again_keeps_the_bundle(
    cluster: Cluster, installed: Documents, clients: list[Client], tmp_path: Path
):
    configurations = [one for one in installed if is_configuration(one)]
    apply(cluster, configurations)
    Keeper(clients[0], place(), tmp_path / "tls").step()
    before = json.loads(cluster.do(f"get {CONFIGURATION} -o json"))["webhooks"]

    apply(cluster, configurations)

    assert before[0]["clientConfig"]["caBundle"]
    assert json.loads(cluster.do(f"get {CONFIGURATION} -o json"))["webhooks"] == before


def test_what_is_being_deleted_goes_and_can_run_nothing_else_on_its_way(
    cluster: Cluster, installed: Documents
):
    """With nobody to answer: what the API server does not ask about is admitted."""
    name = f"{PODS}/held"
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "held", "finalizers": ["example.com/hold"]},
        "spec": {"containers": [{"name": "c", "image": "registry.example/c:1"}]},
    }
    assert cluster.ask("POST", PODS, pod).status == 201
    apply(cluster, led_to(installed, 1))
    wait_until(lambda: asked(cluster).status == 500, "nobody answers")

    def patch(document: dict[str, Any]) -> Answer:
        kind = "application/strategic-merge-patch+json"
        return cluster.ask("PATCH", name, document, content_type=kind)

    image = {"spec": {"containers": [{"name": "c", "image": "registry.example/c:2"}]}}
    label = {"metadata": {"labels": {"a": "b"}}}
    pretended = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "labels": {"a": "b"}}}
    assert patch(label).status == 500
    assert patch(pretended).status in (422, 500)
    cluster.ask("DELETE", f"{name}?gracePeriodSeconds=0")

    assert patch(image).status == 500
    # Which containers run can change without the containers that were there first.
    added = {"spec": {"ephemeralContainers": [{"name": "e", "image": "registry.example/e"}]}}
    kind = "application/strategic-merge-patch+json"
    answer = cluster.ask("PATCH", f"{name}/ephemeralcontainers", added, content_type=kind)
    assert answer.status == 500
    assert patch({"metadata": {"finalizers": None}}).status == 200
    wait_until(lambda: cluster.ask("GET", name).status == 404, "it is gone")


def test_the_server_of_the_pods_is_found_by_its_service_and_believed(
    cluster: Cluster, installed: Documents, tmp_path: Path, story: Story
):
    """The words of the Deployment, and a Service that is another name for this machine."""
    args = of_kind(installed, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    here = ("--profile", "--port", "--metrics-port", "--audit-log", "--tls-")
    words = [word for word in args[2:] if not word.startswith(here)]
    own = tmp_path / "own"
    words += [f"--tls-cert={own / 'tls.crt'}", f"--tls-key={own / 'tls.key'}"]
    words.append(f"--kubeconfig={cluster.kubeconfig()}")
    service = copy.deepcopy(of_kind(installed, "Service"))
    cluster.do(f"-n {NAMESPACE} delete service aiverify-webhook")
    service["spec"] = {"type": "ExternalName", "externalName": "127.0.0.1"}
    cluster.do("apply -f -", service)

    with Gate(cluster, story.profile, tmp_path / "gate", words) as gate:
        found = copy.deepcopy([one for one in installed if is_configuration(one)])
        for one in found:
            for hook in one["webhooks"]:
                hook["clientConfig"]["service"]["port"] = gate.port
        apply(cluster, found)
        wait_until(lambda: asked(cluster).status == 201, "a pod without a model is admitted")
        refused = cluster.ask("POST", f"{PODS}?dryRun=All", imaged(f"127.0.0.1:1/a@{DIGEST}"))
        cluster.do(f"-n {NAMESPACE} delete service aiverify-webhook")

    assert refused.status in (403, 503)  # denied, or undecided and therefore denied
    assert 'admission webhook "validate.aiverify.dev" denied the request' in refused.message


def test_a_profile_of_the_cluster_takes_the_place_of_the_mounted_one(
    cluster: Cluster, installed: Documents, clients: list[Client], tmp_path: Path, story: Story
):
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    for path in (story.profile, story.public("release"), story.public("second")):
        story.copy(path, mounted / path.name)
    followed = Profiles(clients[0], mounted, tmp_path / "kept")

    def digest() -> str:
        followed.step()
        return read_profile(followed.profile).digest

    assert digest() == read_profile(story.profile).digest
    trust = {"signers": [{"name": "second", "keys": ["second.pub"]}]}
    for name in ("aiverify", "other"):
        cluster.do("apply -f -", profile_object({"trust": trust}, name))
    first = digest()
    assert first != read_profile(story.profile).digest
    assert read_profile(followed.profile).trust.signers[0].name == "second"
    cluster.do("delete profile other")
    assert digest() == first

    watched = clients[1].watch(
        "/apis/aiverify.dev/v1/profiles?fieldSelector=metadata.name%3Daiverify", "", 10
    )
    assert next(watched).object["metadata"]["name"] == "aiverify"
    cluster.do("delete profile aiverify")
    assert [event.kind for event in watched if event.kind != "BOOKMARK"][:1] == ["DELETED"]
    assert digest() == read_profile(story.profile).digest
    assert cluster.kubectl(f"get crd {CRD}").exit_code == 0
