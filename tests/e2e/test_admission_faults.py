"""What an API server and its user see while the webhook, or what it asks, fails.

Nothing unverified gets in by any of it, and what is verified gets in again as soon as it is mended.
"""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.certificates import alternative, key_usage, root
from tests.support.cluster.balancer import balancer
from tests.support.cluster.cluster import DEVELOPER, Cluster, wait_until
from tests.support.cluster.gate import PROBE, Gate, Staged, staged
from tests.support.cluster.load import Asked, create_all
from tests.support.cluster.objects import imaged
from tests.support.cluster.shelf import Shelf, stocked
from tests.support.cluster.starting import write_tls
from tests.support.commands import Completed
from tests.support.golden import assert_golden
from tests.support.registries.registry import VALID, loopback_tls
from tests.support.registry_stage import registry_desk
from tests.support.small_registry import NEVER, Fault, running

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("swept")]

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "admission"
SPACE = "faults"
UNSIGNED = "AIV-SIGNATURE-NONE"
NEW_PROFILE = "the new profile is in use"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The models and their registry."""
    with running() as registry:
        yield stocked(registry_desk(tmp_path_factory.mktemp("shelf")), registry)


@pytest.fixture
def guarded(cluster: Cluster, shelf: Shelf, tmp_path: Path) -> Iterator[Staged]:
    """The cluster behind a webhook of the test's own, whose registry and profile are whole."""
    cluster.namespace(SPACE)
    shelf.registry.faults.clear()
    shelf.write_profile()
    with staged(cluster, shelf, tmp_path / "gate") as found:
        try:
            yield found
        finally:
            shelf.registry.faults.clear()


def create(guarded: Staged, model: str = "llama", name: str = PROBE) -> Completed:
    """Ask for a pod as a developer does; what is admitted stays no longer than the answer."""
    document = imaged(guarded.shelf.ref(model), name)
    return guarded.cluster.kubectl(
        f"create --dry-run=server -n {SPACE} -f -", document, user=DEVELOPER
    )


def hold(guarded: Staged, name: str, done: Completed) -> None:
    """A refusal that is known word by word, but for ports and the times that Go tells."""
    assert done.exit_code == 1, done
    text = done.err.replace(guarded.shelf.registry.host, "registry.example")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:DIGEST", text)
    assert_golden(GOLDEN / f"fault-{name}.txt", text)


def mended(guarded: Staged) -> None:
    """All is as it should be again."""
    wait_until(guarded.admits, "what is signed is admitted again")
    assert guarded.refuses()


def test_while_the_webhook_is_down_nothing_gets_in(guarded: Staged) -> None:
    guarded.gate.stop()

    hold(guarded, "down", create(guarded))
    # What names no model at all waits too: nobody is there to see that it names none.
    assert create(guarded, "unsigned").exit_code == 1

    guarded.gate.start()
    mended(guarded)


def test_what_nobody_has_to_judge_goes_on_while_the_webhook_is_down(guarded: Staged) -> None:
    """The cluster mends itself: its own pods, and whatever is no workload, are not asked about."""
    guarded.gate.stop()
    pod = imaged(guarded.shelf.ref("llama"), PROBE)

    for line, document in (
        ("create --dry-run=server -n kube-system -f -", pod),
        (
            f"create --dry-run=server -n {SPACE} -f -",
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}},
        ),
    ):
        done = guarded.cluster.kubectl(line, document)
        assert done.exit_code == 0, done.err


def test_a_webhook_that_answers_too_late_has_admitted_nothing(guarded: Staged) -> None:
    guarded.install(timeout=1)
    wait_until(lambda: asked_within(guarded, "1s"), "the API server waits for one second")

    with guarded.gate.asleep():
        hold(guarded, "late", create(guarded))

    mended(guarded)


def asked_within(guarded: Staged, timeout: str) -> bool:
    """Whether the API server now says this time limit to the webhook."""
    with guarded.gate.asleep():
        return f"timeout={timeout}" in guarded.probe(guarded.shelf.ref("llama")).message


def test_a_registry_that_answers_too_late_is_told_before_the_api_server_gives_up(
    guarded: Staged,
) -> None:
    over = threading.Event()
    guarded.install(timeout=3)
    guarded.shelf.registry.faults.append(Fault(".*", times=NEVER, change=lambda _: over.wait(60)))
    try:
        hold(guarded, "late-registry", create(guarded, "lora"))
    finally:
        over.set()
        guarded.shelf.registry.faults.clear()

    mended(guarded)


def test_a_certificate_of_another_root_is_not_believed(guarded: Staged) -> None:
    """Somebody else who answers at the address decides nothing."""
    guarded.gate.stop()
    guarded.gate.rotate("Mallory")
    guarded.gate.start()

    hold(guarded, "other-root", create(guarded))

    guarded.gate.stop()
    guarded.gate.rotate()
    guarded.gate.start()
    mended(guarded)


def test_a_certificate_for_another_name_is_not_believed(guarded: Staged, tmp_path: Path) -> None:
    authority = root("Webhook Root", **VALID)
    owner = authority.issue(
        "Webhook Server",
        (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            alternative(x509.DNSName("aiverify-webhook.elsewhere.svc")),
        ),
        **VALID,
    )
    (tmp_path / "other").mkdir()
    other = write_tls(tmp_path / "other", authority, owner)
    guarded.gate.stop()
    other.certificate.replace(guarded.gate.tls.certificate)
    other.key.replace(guarded.gate.tls.key)
    guarded.gate.start()

    hold(guarded, "other-name", create(guarded))

    guarded.gate.stop()
    guarded.gate.rotate()
    guarded.gate.start()
    mended(guarded)


def test_an_api_server_that_the_webhook_does_not_know_is_sent_away(
    guarded: Staged, cluster: Cluster, tmp_path: Path
) -> None:
    stranger = loopback_tls(tmp_path / "stranger", "Stranger")
    guarded.gate.stop()
    was = cluster.client_ca.read_bytes()
    other = tmp_path / "gate" / "client-ca.crt"
    other.write_bytes(stranger.ca.read_bytes())
    guarded.gate.know(other)
    guarded.gate.start()

    done = create(guarded)

    assert done.exit_code == 1
    assert "failed calling webhook" in done.err
    assert guarded.shelf.registry.host not in done.err
    guarded.gate.stop()
    other.write_bytes(was)
    guarded.gate.start()
    mended(guarded)


# Under load.


def pods(guarded: Staged, count: int, prefix: str) -> list[dict[str, Any]]:
    """Pods of which every third is unsigned, and says so by its name."""
    ref = guarded.shelf.ref
    return [
        imaged(ref("unsigned"), f"{prefix}-{number}-bad")
        if number % 3 == 0
        else imaged(ref("llama"), f"{prefix}-{number}-good")
        for number in range(count)
    ]


def is_right(asked: Asked) -> bool:
    """Whether a pod was answered as it should be."""
    if asked.name.endswith("-good"):
        return asked.admitted
    return asked.answer.status == 403 and UNSIGNED in asked.answer.message


def under_load(
    guarded: Staged, prefix: str, meanwhile: Callable[[], object], count: int = 240
) -> tuple[Asked, ...]:
    """Ask for pods by many clients, and do something while they ask."""
    started = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(
            create_all,
            guarded.cluster,
            pods(guarded, count, prefix),
            SPACE,
            16,
            started=started,
        )
        started.wait(60)
        meanwhile()
        run = asking.result()
    assert len(run.asked) == count
    return run.asked


def test_a_webhook_killed_under_load_lets_nothing_in_that_it_should_not(
    guarded: Staged,
) -> None:
    def kill() -> None:
        guarded.gate.signal(signal.SIGKILL)
        guarded.gate.stop()
        guarded.gate.start()

    asked = under_load(guarded, "killed", kill)

    assert not [one.name for one in asked if one.admitted and one.name.endswith("-bad")]
    unanswered = [one for one in asked if not is_right(one)]
    assert unanswered, "the webhook was not missed"
    assert all("failed calling webhook" in one.answer.message for one in unanswered)
    mended(guarded)


def test_a_rolling_restart_under_load_loses_no_request(
    guarded: Staged, cluster: Cluster, shelf: Shelf, tmp_path: Path
) -> None:
    """The old webhook is told to go while it is still sent to, as happens to any pod."""
    patient = ["--plain-http", "--linger", "2s"]
    with (
        balancer() as service,
        Gate(cluster, shelf.profile, tmp_path / "old", patient) as old,
        Gate(cluster, shelf.profile, tmp_path / "new", patient) as new,
    ):
        service.ready = (old.port,)
        guarded.install(port=service.port)

        def roll() -> None:
            old.signal(signal.SIGTERM)
            service.ready = (old.port, new.port)
            wait_until(lambda: not old.ready, "the old webhook says that it goes")
            service.ready = (new.port,)
            wait_until(lambda: not old.runs, "the old webhook is gone")

        asked = under_load(guarded, "rolled", roll, count=480)

        assert [(one.name, one.answer) for one in asked if not is_right(one)] == []
        for gate in (old, new):
            assert gate.audit.stat().st_size > 0, "one of them was never asked"
        guarded.uninstall()


def test_a_certificate_renewed_under_load_loses_no_request(guarded: Staged) -> None:
    served = guarded.gate.serial()

    def renew() -> None:
        guarded.gate.rotate()
        wait_until(lambda: guarded.gate.serial() != served, "the new certificate is served")

    asked = under_load(guarded, "renewed", renew)

    assert [(one.name, one.answer) for one in asked if not is_right(one)] == []
    mended(guarded)


def test_a_new_root_under_load_loses_no_request(guarded: Staged, tmp_path: Path) -> None:
    """The API server is told of the new root beside the old one, before it is used."""
    old = guarded.gate.tls.ca.read_bytes()
    new = loopback_tls(tmp_path / "next", "Next").ca.read_bytes()
    served = guarded.gate.serial()

    def change() -> None:
        guarded.install(ca=old + new)
        guarded.gate.rotate("Next")
        wait_until(lambda: guarded.gate.serial() != served, "the new certificate is served")
        guarded.install(ca=new)

    asked = under_load(guarded, "new-root", change)

    assert [(one.name, one.answer) for one in asked if not is_right(one)] == []
    mended(guarded)


# What it judges by, and what it asks.


def test_a_broken_profile_leaves_the_old_one_in_use_and_is_told(guarded: Staged) -> None:
    whole = guarded.shelf.profile.read_bytes()
    guarded.shelf.profile.write_bytes(whole.replace(b'"trust"', b'"thrust"'))

    wait_until(lambda: not guarded.gate.ready, "it says that it is not ready")

    # Why is for whoever runs it: anybody can ask for readiness.
    assert "thrust" not in guarded.gate.get("/readyz")[1]
    assert "thrust" in guarded.gate.log_path.read_text()
    assert 'aiverify_reload_failures_total{what="profile"}' in guarded.gate.get("/metrics")[1]
    assert guarded.admits()
    assert guarded.refuses()

    guarded.shelf.profile.write_bytes(whole)
    wait_until(lambda: guarded.gate.ready, "it is ready again")
    mended(guarded)


def test_a_profile_that_trusts_somebody_else_counts_as_soon_as_it_is_there(
    guarded: Staged,
) -> None:
    """Nothing that was decided by the old one is remembered."""
    assert create(guarded).exit_code == 0
    value = json.loads(guarded.shelf.profile.read_bytes())
    value["trust"]["signers"] = [{"name": "stranger", "keys": ["stranger.pub"]}]
    replace(guarded.shelf.profile, value)

    wait_until(lambda: create(guarded).exit_code == 1, "the old signer does not count any more")

    assert create(guarded, "stranger").exit_code == 0
    hold(guarded, "no-longer-trusted", create(guarded))


def replace(path: Path, value: Any) -> None:
    """Write a file whole, as whatever mounts a ConfigMap does."""
    new = path.with_name(".new")
    new.write_text(json.dumps(value))
    new.replace(path)


def revoke(guarded: Staged, *digests: str) -> None:
    value = json.loads(guarded.shelf.profile.read_bytes())
    value["trust"]["revoked"]["digests"] += digests
    replace(guarded.shelf.profile, value)


def test_a_revoked_model_is_refused_though_it_was_admitted_a_moment_ago(
    guarded: Staged,
) -> None:
    assert create(guarded).exit_code == 0
    revoke(guarded, guarded.shelf.digest("llama"))

    wait_until(lambda: create(guarded).exit_code == 1, "the revocation counts")

    assert "AIV-INTEGRITY-REVOKED" in create(guarded).err


def gone(guarded: Staged) -> None:
    """From now on the registry breaks every connection."""
    guarded.shelf.registry.faults.append(Fault(".*", times=NEVER, lost=True))


def test_without_its_registry_nothing_gets_in(guarded: Staged) -> None:
    gone(guarded)

    hold(guarded, "no-registry", create(guarded, "lora"))

    guarded.shelf.registry.faults.clear()
    wait_until(lambda: create(guarded, "lora").exit_code == 0, "the registry is asked again")
    mended(guarded)


def in_use(guarded: Staged, **admission: Any) -> None:
    """Have the webhook judge by another profile."""
    before = guarded.gate.log_path.read_text().count(NEW_PROFILE)
    guarded.shelf.with_admission(**admission).write_profile()
    wait_until(
        lambda: guarded.gate.log_path.read_text().count(NEW_PROFILE) > before,
        "the new profile is in use",
    )


def test_without_its_registry_what_was_admitted_is_no_more_once_its_time_is_over(
    guarded: Staged,
) -> None:
    in_use(guarded, keep_allowed="1s")
    assert create(guarded).exit_code == 0
    gone(guarded)

    wait_until(lambda: create(guarded).exit_code == 1, "what is known is no longer believed")

    assert "AIV-ADMISSION-OUT-OF-REACH" in create(guarded).err


def test_the_last_verdict_counts_without_a_registry_where_the_profile_says_so(
    guarded: Staged,
) -> None:
    """And only for what was admitted before: what was refused or never seen stays out."""
    in_use(guarded, out_of_reach="last-verdict", keep_allowed="1s")
    assert create(guarded).exit_code == 0
    gone(guarded)

    def by_the_last_verdict() -> bool:
        done = create(guarded)
        assert done.exit_code == 0, done.err
        return "aiverify_stale_verdicts_total 0\n" not in guarded.gate.get("/metrics")[1]

    wait_until(by_the_last_verdict, "it is admitted by its last verdict")
    annotations = guarded.cluster.audited(PROBE)[-1]["annotations"]
    assert any("stale" in key + value for key, value in annotations.items()), annotations
    for model in ("lora", "unsigned"):
        assert create(guarded, model).exit_code == 1
