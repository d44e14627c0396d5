"""Everything that people ask a cluster to run, with a webhook before it: what it tells them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from tests.support.cluster.cases import CASES, UNPINNED, UNSIGNED, Case
from tests.support.cluster.cluster import ADMIN, ANOTHER, DEVELOPER, Cluster
from tests.support.cluster.gate import Staged, staged
from tests.support.cluster.objects import imaged, serving
from tests.support.cluster.shelf import COMMIT, stocked
from tests.support.commands import Completed
from tests.support.golden import assert_golden
from tests.support.registry_stage import registry_desk
from tests.support.small_registry import running

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("swept")]

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "admission"
SPACE = "models"
STRATEGIC = "application/strategic-merge-patch+json"


@pytest.fixture(scope="module")
def guarded(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """The cluster behind a webhook, with namespaces of several modes."""
    folder = tmp_path_factory.mktemp("table")
    with running() as registry:
        shelf = stocked(registry_desk(folder), registry)
        for name in (SPACE, "lenient", "warned-models", "audited-models", "platform", "moved"):
            cluster.namespace(name)
        with staged(cluster, shelf, folder / "gate") as found:
            yield found


def said(text: str, guarded: Staged) -> str:
    """What a person sees, without what is another each time: the port, and some digests."""
    text = text.replace(guarded.shelf.registry.host, "registry.example")
    return re.sub(r"sha256:[0-9a-f]{64}", "sha256:DIGEST", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_object_is_admitted_or_refused_and_its_author_told_why(
    case: Case, guarded: Staged
) -> None:
    document = case.made(guarded.shelf)
    cluster, line = guarded.cluster, f"create -n {SPACE} -f -"

    dry = cluster.kubectl(f"{line} --dry-run=server", document, user=DEVELOPER)
    done = cluster.kubectl(line, document, user=DEVELOPER)

    assert (dry.exit_code, done.exit_code) == ((1, 1) if case.rules else (0, 0)), dry.err + done.err
    # A dry run makes nothing, or the second would find it there.
    assert dry.err.replace(" (server dry run)", "") == done.err
    if case.rules:
        for rule in case.rules:
            assert rule in done.err
        assert_golden(GOLDEN / f"{case.name}.txt", said(done.err, guarded))


def test_there_are_sixty_and_more_over_every_kind() -> None:
    assert len(CASES) >= 60


# What is there already, and is changed.


@pytest.fixture
def standing(guarded: Staged, request: pytest.FixtureRequest) -> Iterator[str]:
    """A deployment of a signed model, by the test's own name."""
    name = request.node.name.replace("_", "-")[-50:].strip("-")
    at = f"-n {SPACE} -f -"
    document = imaged(guarded.shelf.ref("llama"), name, "Deployment")
    guarded.cluster.do(f"create {at}", document, user=DEVELOPER)
    yield name
    guarded.cluster.do(f"delete deployment {name} -n {SPACE}", user=DEVELOPER)


def patched(guarded: Staged, name: str, patch: str, more: str = "") -> Completed:
    line = f"patch deployment {name} -n {SPACE} {more}"
    return guarded.cluster.kubectl(line, user=DEVELOPER, words=["-p", patch])


def volume_patch(reference: str) -> str:
    volume = {"name": "weights", "image": {"reference": reference}}
    return json.dumps({"spec": {"template": {"spec": {"volumes": [volume]}}}})


def test_an_update_to_another_signed_model_is_admitted(guarded: Staged, standing: str) -> None:
    changed = patched(guarded, standing, volume_patch(guarded.shelf.ref("llama", "2")))

    assert changed.exit_code == 0, changed.err


def test_an_update_to_an_unsigned_model_is_refused_and_changes_nothing(
    guarded: Staged, standing: str
) -> None:
    read = f"get deployment {standing} -n {SPACE} -o jsonpath={{.spec}}"
    before = guarded.cluster.do(read)

    changed = patched(guarded, standing, volume_patch(guarded.shelf.ref("unsigned")))

    assert changed.exit_code == 1
    assert_golden(GOLDEN / "update-to-unsigned.txt", said(changed.err, guarded))
    assert guarded.cluster.do(read) == before


def test_an_update_in_a_dry_run_is_refused_alike(guarded: Staged, standing: str) -> None:
    patch = volume_patch(guarded.shelf.ref("unsigned"))

    dry = patched(guarded, standing, patch, "--dry-run=server")

    assert dry.exit_code == 1
    assert UNSIGNED in dry.err


def test_a_server_side_apply_is_refused_alike(guarded: Staged, standing: str) -> None:
    document = imaged(guarded.shelf.ref("unsigned"), standing, "Deployment")

    done = guarded.cluster.kubectl(
        f"apply --server-side --force-conflicts -n {SPACE} -f -", document, user=DEVELOPER
    )

    assert done.exit_code == 1
    assert UNSIGNED in done.err


def test_scaling_a_model_that_was_admitted_is_admitted(guarded: Staged, standing: str) -> None:
    guarded.cluster.do(f"scale deployment {standing} -n {SPACE} --replicas=3", user=DEVELOPER)


def test_a_label_and_a_deletion_are_admitted(guarded: Staged, standing: str) -> None:
    guarded.cluster.do(f"label deployment {standing} -n {SPACE} team=chat", user=DEVELOPER)


def test_what_is_there_unverified_can_be_deleted(guarded: Staged) -> None:
    """Whatever was let in before, or in another mode, must not be held in the cluster."""
    at = "-n warned-models"
    guarded.cluster.do(f"create {at} -f -", imaged(guarded.shelf.ref("unsigned"), "to-go"))

    guarded.cluster.do(f"delete pod to-go {at} --force --grace-period=0", user=DEVELOPER)


def test_an_ephemeral_container_with_another_model_is_refused(guarded: Staged) -> None:
    name = "ephemeral"
    document = imaged(guarded.shelf.ref("llama"), name)
    guarded.cluster.do(f"create -n {SPACE} -f -", document, user=DEVELOPER)
    path = f"/api/v1/namespaces/{SPACE}/pods/{name}/ephemeralcontainers"

    def added(*args: str):
        words = {"name": "debug", "image": "busybox:1.37", "args": list(args)}
        patch = {"spec": {"ephemeralContainers": [words]}}
        return guarded.cluster.ask("PATCH", path, patch, user=DEVELOPER, content_type=STRATEGIC)

    refused = added("vllm", "serve", "mallory/llama")
    admitted = added("top")

    assert refused.status == 403, refused
    assert UNPINNED in refused.message
    assert admitted.status == 200, admitted


def test_a_pod_that_an_owner_makes_is_judged_like_any(guarded: Staged) -> None:
    """Nobody can name an owner, or act as a controller, to have a pod let in."""
    document = imaged(guarded.shelf.ref("unsigned"), "owned")
    document["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": "llama",
            "uid": "00000000-0000-0000-0000-000000000001",
            "controller": True,
        }
    ]
    controller = "system:serviceaccount:kube-system:replicaset-controller"

    done = guarded.cluster.kubectl(
        f"create -n {SPACE} -f - --as={controller} --as-group=system:masters", document
    )

    assert done.exit_code == 1
    assert UNSIGNED in done.err


def test_a_name_that_is_yet_to_be_made_is_no_way_around(guarded: Staged) -> None:
    document = imaged(guarded.shelf.ref("unsigned"))
    document["metadata"] = {"generateName": "llama-"}

    done = guarded.cluster.kubectl(f"create -n {SPACE} -f -", document, user=DEVELOPER)

    assert done.exit_code == 1
    assert UNSIGNED in done.err


def test_an_older_version_of_a_kind_is_judged_like_its_newest(guarded: Staged) -> None:
    inference = {"adapters": [{"source": {"image": guarded.shelf.ref("unsigned")}}]}
    document = {
        "apiVersion": "kaito.sh/v1alpha1",
        "kind": "Workspace",
        "metadata": {"name": "older"},
        "inference": inference,
    }

    done = guarded.cluster.kubectl(f"create -n {SPACE} -f -", document, user=DEVELOPER)

    assert done.exit_code == 1
    assert UNSIGNED in done.err


def test_of_several_objects_only_the_bad_ones_are_refused(guarded: Staged) -> None:
    good = imaged(guarded.shelf.ref("llama"), "together-good")
    bad = imaged(guarded.shelf.ref("unsigned"), "together-bad")

    done = guarded.cluster.kubectl(f"create -n {SPACE} -f -", good, bad, user=DEVELOPER)

    assert done.exit_code == 1
    assert done.out == "pod/together-good created\n"
    assert done.err.count(UNSIGNED) == 1


# Where it is not enforced, and for whom.


def test_a_namespace_in_mode_warn_admits_and_warns(guarded: Staged) -> None:
    done = guarded.cluster.kubectl(
        "create -n warned-models -f -",
        imaged(guarded.shelf.ref("unsigned"), "warned"),
        user=DEVELOPER,
    )

    assert (done.exit_code, done.out) == (0, "pod/warned created\n")
    assert_golden(GOLDEN / "warned.txt", said(done.err, guarded))


def test_a_mode_for_a_namespace_alone_is_for_every_rule_and_nowhere_else(
    guarded: Staged,
) -> None:
    remote = serving("--model", "acme/llama", "--revision", COMMIT, "--trust-remote-code")
    unsigned = imaged(guarded.shelf.ref("unsigned"), "unsigned")

    warned, unvouched = (
        guarded.cluster.kubectl("create -n lenient -f -", document, user=DEVELOPER)
        for document in (remote, unsigned)
    )

    assert warned.exit_code == 0, warned.err
    assert "Warning: " in warned.err
    assert "no_trust_remote_code" in warned.err
    assert unvouched.exit_code == 0, unvouched.err
    assert "AIV-SIGNATURE-NONE" in unvouched.err
    refused = guarded.cluster.kubectl(f"create -n {SPACE} -f -", unsigned, user=DEVELOPER)
    assert refused.exit_code == 1
    assert "AIV-SIGNATURE-NONE" in refused.err


def test_a_namespace_in_mode_audit_admits_and_says_so_in_the_audit_log(guarded: Staged) -> None:
    done = guarded.cluster.kubectl(
        "create -n audited-models -f -",
        imaged(guarded.shelf.ref("unsigned"), "audited"),
        user=DEVELOPER,
    )

    assert (done.exit_code, done.err) == (0, "")
    assert "deny" in annotated(guarded, "audited").values()


def annotated(guarded: Staged, name: str) -> dict[str, str]:
    """What the webhook says of a pod in the API server's audit log, without its own name."""
    [event] = guarded.cluster.audited(name)
    return {
        key.rpartition("/")[2]: value
        for key, value in event["annotations"].items()
        if "aiverify" in key.partition("/")[0]
    }


def test_the_audit_log_says_what_was_judged_and_by_what(guarded: Staged) -> None:
    document = imaged(guarded.shelf.ref("llama"), "annotated")

    guarded.cluster.do(f"create -n {SPACE} -f -", document, user=DEVELOPER)

    found = annotated(guarded, "annotated")
    assert "allow" in found.values()
    told = json.dumps(found)
    assert guarded.shelf.digest("llama") in told
    assert Digest.of(guarded.shelf.profile.read_bytes()).hex in told


@pytest.mark.parametrize(
    ("user", "namespace", "code"),
    [
        (ANOTHER, "platform", 0),
        (DEVELOPER, "platform", 1),
        (ANOTHER, SPACE, 1),
        (ADMIN, SPACE, 1),
    ],
)
def test_an_exemption_is_for_those_and_there_and_for_nobody_else(
    user: str, namespace: str, code: int, guarded: Staged
) -> None:
    done = guarded.cluster.kubectl(
        f"create --dry-run=server -n {namespace} -f -",
        imaged(guarded.shelf.ref("unsigned"), "exempt"),
        user=user,
    )

    assert done.exit_code == code, done.err


def test_an_exemption_that_expired_is_none(guarded: Staged) -> None:
    done = guarded.cluster.kubectl(
        "create -n moved -f -", imaged(guarded.shelf.ref("unsigned"), "moved"), user=DEVELOPER
    )

    assert done.exit_code == 1
    assert UNSIGNED in done.err


@pytest.mark.parametrize(
    "labels",
    [
        {"aiverify.dev/ignore": "true"},
        {"admission.aiverify.dev/ignore": "true"},
        {"control-plane": "true", "pod-security.kubernetes.io/enforce": "privileged"},
        {"app.kubernetes.io/name": "aiverify", "app.kubernetes.io/part-of": "aiverify"},
    ],
    ids=lambda labels: next(iter(labels)),
)
def test_no_label_of_a_namespace_or_of_a_pod_lets_anything_in(
    labels: dict[str, str], guarded: Staged
) -> None:
    guarded.cluster.namespace("labelled", **labels)
    document = imaged(guarded.shelf.ref("unsigned"), "labelled")
    document["metadata"]["labels"] = labels

    done = guarded.cluster.kubectl(
        "create --dry-run=server -n labelled -f -", document, user=DEVELOPER
    )

    assert done.exit_code == 1
    assert UNSIGNED in done.err


def test_the_label_by_which_namespaces_are_left_out_is_not_for_others_to_set(
    guarded: Staged,
) -> None:
    """The API server itself holds it to the namespace's name."""
    cluster = guarded.cluster
    cluster.namespace("posing", **{"kubernetes.io/metadata.name": "kube-system"})

    label = cluster.do("get namespace posing -o jsonpath={.metadata.labels}")

    assert json.loads(label)["kubernetes.io/metadata.name"] == "posing"


# The same at a terminal.


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_refused_in_a_cluster_is_refused_at_a_terminal(case: Case, guarded: Staged) -> None:
    path = guarded.shelf.desk / "reviewed.json"
    path.write_text(json.dumps(case.made(guarded.shelf)))

    done = guarded.shelf.desk.call(
        f"webhook review reviewed.json --profile aiverify.yaml --plain-http --namespace {SPACE}"
    )

    assert done.exit_code == (10 if case.rules else 0), done
    for rule in case.rules:
        assert rule in done.out + done.err
