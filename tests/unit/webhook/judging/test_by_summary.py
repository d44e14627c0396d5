"""What the webhook cannot read is judged by signed summaries: of exactly that URI and revision."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.core import mediatypes
from aiverify.operations.clock import rfc3339
from aiverify.webhook.judging import summaries
from aiverify.webhook.judging.summaries import tag_of
from tests.support.commands import call
from tests.support.judging import COMMIT, HUB_MODEL, Court, court, request, serving
from tests.support.registry_stage import Liar
from tests.support.signatures import signed
from tests.support.small_registry import Fault, Out
from tests.support.story import Story

URI = f"{HUB_MODEL}@{COMMIT}"
NONE = "AIV-SUMMARY-NONE"
MOVABLE = "AIV-ADMISSION-MOVABLE"
DAY = timedelta(days=1)


@pytest.fixture
def sitting(tmp_path: Path, story: Story, monkeypatch: pytest.MonkeyPatch) -> Iterator[Court]:
    """A court that takes summaries by `second` from the directory `vsas`, looked at each time."""
    monkeypatch.setattr(summaries, "LOOK_EVERY", 0.0)
    with court(tmp_path, story) as made:
        made.rule({"summaries": ["vsas"], "keep_denied": "1s"})
        (tmp_path / "vsas").mkdir()
        story.copy(story.model, tmp_path / "llama")
        for owner in ("second", "stranger", "release"):
            story.copy(story.private(owner), tmp_path / f"{owner}.key")
        yield made


def sum_up(sitting: Court, uri: str = URI, name: str = "one.json", by: str = "second") -> Path:
    """Verify the model and sign a summary of that, about a URI."""
    out = sitting.place / "vsas" / name
    out.unlink(missing_ok=True)
    words = f"verify llama --profile aiverify.yaml --summary vsas/{name} --key {by}.key --uri"
    done = call(*words.split(), uri, cwd=sitting.place)
    assert done.exit_code == 0, done
    return out


def resign(
    sitting: Court,
    path: Path,
    change: Callable[[dict[str, Any]], object],
    name: str = "",
    by: str = "second",
) -> None:
    """A summary with something else in it, signed anew."""
    value = json.loads(path.read_bytes())
    payload = json.loads(base64.b64decode(value["dsseEnvelope"]["payload"]))
    change(payload)
    data = signed(json.dumps(payload).encode(), signer=sitting.story.key(by)).to_bytes()
    path.with_name(name or path.name).write_bytes(data)


def judged(sitting: Court, uri: str, namespace: str = "serving", **env: str) -> Any:
    """The decision on something that serves a model from there, seen anew."""
    sitting.clock.advance(timedelta(seconds=2))
    return sitting.decide(request(serving(uri, **env), namespace=namespace))


def admitted(sitting: Court, uri: str, namespace: str = "serving", **env: str) -> None:
    decision = judged(sitting, uri, namespace, **env)
    assert decision.allowed, decision.message


def refused(sitting: Court, uri: str, rule: str, why: str = "", **words: str) -> None:
    decision = judged(sitting, uri, **words)
    assert not decision.allowed
    assert f"[{rule}]" in decision.message
    assert why in decision.message


def test_a_summary_of_the_very_commit_admits(sitting: Court):
    sum_up(sitting)
    decision = judged(sitting, f"{HUB_MODEL}:{COMMIT}")
    assert decision.allowed
    [one] = decision.judged
    assert one.report
    assert one.report.evidence[0].signer == "second"
    assert one.digest in decision.annotations["digests"]


@pytest.mark.parametrize("uri", [HUB_MODEL, f"{HUB_MODEL}:main", f"{HUB_MODEL}:v1.0"])
def test_what_moves_is_refused_though_somebody_summed_it_up(uri: str, sitting: Court):
    sum_up(sitting, uri.replace(":main", "@main"))
    sum_up(sitting, uri, "two.json")
    refused(sitting, uri, MOVABLE, "names no commit")


@pytest.mark.parametrize(
    "uri",
    [f"{HUB_MODEL}:{COMMIT[::-1]}", f"hf://acme/llama2:{COMMIT}", f"hf://evil/llama:{COMMIT}"],
)
def test_a_summary_of_another_commit_or_name_does_not_count(uri: str, sitting: Court):
    sum_up(sitting)
    refused(sitting, uri, NONE, "no signed summary speaks of")


@pytest.mark.parametrize(
    "uri",
    [
        "s3://acme-models/llama",
        "gs://acme-models/llama",
        "https://models.acme.example/llama.tar.gz",
        f"https://huggingface.co/acme/llama/resolve/{COMMIT}/model.safetensors",
    ],
)
def test_a_place_without_revisions_is_admitted_by_a_summary_of_it(uri: str, sitting: Court):
    refused(sitting, uri, NONE)
    sum_up(sitting, uri)
    admitted(sitting, uri)
    refused(sitting, f"{uri}2", NONE)


@pytest.mark.parametrize(
    "uri",
    [
        "https://huggingface.co/acme/llama/resolve/main/model.safetensors",
        "https://HUGGINGFACE.co:443/acme/llama/resolve/main/model.safetensors",
        "http://models.acme.example/llama.tar.gz",
    ],
)
def test_an_address_that_anybody_can_change_is_refused(uri: str, sitting: Court):
    sum_up(sitting, uri)
    refused(sitting, uri, MOVABLE)


def test_a_claim_is_one_of_its_namespace(sitting: Court):
    """Whoever may make a claim in another namespace may call it the same."""
    sum_up(sitting, "pvc://models/llama?namespace=serving")
    admitted(sitting, "pvc://models/llama")
    refused(sitting, "pvc://models/llama", NONE, namespace="evil")
    refused(sitting, "pvc://models", NONE)
    refused(sitting, "pvc://models/llama/../evil", "AIV-ADMISSION-UNRESOLVED")


def test_an_endpoint_of_ones_own_has_the_model_fetched_from_elsewhere(sitting: Court):
    sum_up(sitting)
    uri = f"{HUB_MODEL}:{COMMIT}"
    admitted(sitting, uri)
    decision = judged(sitting, uri, HF_ENDPOINT="https://evil.example")
    assert not decision.allowed


def test_a_scheme_that_nobody_knows_is_refused_whatever_is_signed(sitting: Court):
    sum_up(sitting, "ftp://models.acme.example/llama")
    refused(sitting, "ftp://models.acme.example/llama", "AIV-ADMISSION-UNRESOLVED")


def test_only_those_who_are_trusted_for_summaries_make_any(sitting: Court):
    for by in ("stranger", "release"):
        sum_up(sitting, by=by)
        refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE)


def test_a_summary_by_another_profile_does_not_count(sitting: Court):
    sum_up(sitting)
    sitting.rule({"summaries": ["vsas"], "keep_denied": "2s"})
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE, "its verdict was by another profile")


def test_a_summary_ends_when_it_says_so(sitting: Court):
    sum_up(sitting)
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}")
    sitting.clock.advance(8 * DAY)
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE, "it expired on")


def test_a_verdict_is_not_remembered_beyond_the_summary_that_it_rests_on(sitting: Court):
    sitting.rule({"summaries": ["vsas"], "keep_allowed": "1h", "keep_denied": "1s"})
    path = sum_up(sitting)
    end = datetime.now(UTC) + timedelta(minutes=5)
    resign(sitting, path, lambda it: it["predicate"].update(expires=rfc3339(end)))
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}")
    sitting.clock.advance(timedelta(minutes=6))
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE, "it expired on")


def test_the_newest_summary_decides(sitting: Court):
    path = sum_up(sitting)
    later = datetime.now(UTC) + timedelta(minutes=1)

    def fail(value: dict[str, Any]) -> None:
        value["predicate"].update(verificationResult="FAILED", timeVerified=rfc3339(later))

    resign(sitting, path, fail, "two.json")
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE, "says that hf://acme/llama")

    def earlier(value: dict[str, Any]) -> None:
        fail(value)
        value["predicate"].update(timeVerified=rfc3339(later - DAY))

    resign(sitting, path, earlier, "two.json")
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}")


def test_of_two_summaries_of_one_moment_both_must_be_passes(sitting: Court):
    path = sum_up(sitting)

    def fail(value: dict[str, Any]) -> None:
        value["predicate"].update(verificationResult="FAILED")

    resign(sitting, path, fail, "a.json")
    resign(sitting, path, fail, "z.json")
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE)


def test_what_was_revoked_is_refused_though_it_was_summed_up(sitting: Court):
    path = sum_up(sitting)
    digest = judged(sitting, f"{HUB_MODEL}:{COMMIT}").judged[0].digest
    words = {"signers": [{"name": "release", "keys": ["release.pub"]}]}
    sitting.rule({"summaries": ["vsas"]}, trust={**words, "revoked": {"digests": [digest]}})

    def by_this_profile(value: dict[str, Any]) -> None:
        policy = value["predicate"]["policy"]
        policy["digest"] = {"sha256": sitting.loaded.profile.digest.removeprefix("sha256:")}
        policy["annotations"]["trust"] = sitting.loaded.context.trust_digest

    resign(sitting, path, by_this_profile)
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", "AIV-INTEGRITY-REVOKED")


def test_a_summary_is_judged_by_what_was_signed(sitting: Court):
    """A change in the envelope of a summary is no summary."""
    path = sum_up(sitting, "s3://acme-models/other")
    value = json.loads(path.read_bytes())
    payload = base64.b64decode(value["dsseEnvelope"]["payload"])
    forged = payload.replace(b"s3://acme-models/other", URI.encode())
    value["dsseEnvelope"]["payload"] = base64.b64encode(forged).decode()
    path.write_text(json.dumps(value))
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE)


def test_what_else_lies_in_the_directory_takes_no_summary_away(sitting: Court):
    sum_up(sitting)
    vsas = sitting.place / "vsas"
    (vsas / "broken.json").write_bytes(b"{")
    (vsas / "binary").write_bytes(bytes(range(256)))
    (vsas / "large.json").write_bytes(b" " * (summaries.MAX_SIZE + 1))
    (vsas / "directory").mkdir()
    (vsas / "nowhere").symlink_to(sitting.place / "nowhere")
    os.mkfifo(vsas / "pipe")
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}")


def test_a_config_map_is_read_as_it_is_mounted_and_as_it_is_replaced(sitting: Court):
    one = sum_up(sitting).read_bytes()
    two = sum_up(sitting, "s3://acme-models/llama").read_bytes()
    vsas = sitting.place / "vsas"
    (vsas / "one.json").unlink()

    def mount(stamp: str, files: dict[str, bytes]) -> None:
        (vsas / stamp).mkdir()
        for name, data in files.items():
            (vsas / stamp / name).write_bytes(data)
            if not (vsas / name).is_symlink():
                (vsas / name).symlink_to(f"..data/{name}")
        (vsas / "..tmp").symlink_to(stamp)
        (vsas / "..tmp").rename(vsas / "..data")

    mount("..2026_01", {"a.json": one})
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}")
    refused(sitting, "s3://acme-models/llama", NONE)
    mount("..2026_02", {"a.json": two})
    admitted(sitting, "s3://acme-models/llama")
    sitting.clock.advance(timedelta(minutes=11))
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE)


def test_a_directory_that_is_not_there_has_no_summaries(sitting: Court):
    (sitting.place / "vsas").rmdir()
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", NONE)


# In a repository.


def published(sitting: Court, data: bytes, uri: str = URI) -> Liar:
    """A summary in a repository, under the tag of its URI."""
    shelf = Liar(sitting.liar.registry, "acme/verdicts")
    layer = {"mediaType": mediatypes.SIGNATURE, **shelf.blob(data)}
    empty = {"mediaType": mediatypes.OCI_EMPTY, **shelf.blob(b"{}")}
    manifest = {
        "schemaVersion": 2,
        "mediaType": mediatypes.OCI_MANIFEST,
        "artifactType": mediatypes.SIGNATURE,
        "config": empty,
        "layers": [layer],
    }
    shelf.manifest(manifest, tag_of(uri))
    return shelf


@pytest.fixture
def in_registry(sitting: Court) -> Court:
    host = sitting.liar.registry.host
    sitting.rule({"summaries": [f"oci://{host}/acme/verdicts"], "keep_denied": "1s"})
    return sitting


def test_a_summary_in_a_repository_counts(in_registry: Court):
    refused(in_registry, f"{HUB_MODEL}:{COMMIT}", NONE)
    published(in_registry, sum_up(in_registry).read_bytes())
    admitted(in_registry, f"{HUB_MODEL}:{COMMIT}")
    refused(in_registry, "s3://acme-models/llama", NONE)


def test_a_summary_under_the_tag_of_another_uri_does_not_count(in_registry: Court):
    published(in_registry, sum_up(in_registry, "s3://acme-models/other").read_bytes())
    refused(in_registry, f"{HUB_MODEL}:{COMMIT}", NONE, "it is not about hf://acme/llama")


def test_nonsense_in_a_repository_is_no_summary(in_registry: Court):
    published(in_registry, b"nonsense")
    refused(in_registry, f"{HUB_MODEL}:{COMMIT}", NONE)
    Liar(in_registry.liar.registry, "acme/verdicts").manifest({"a": 1}, tag_of(URI))
    refused(in_registry, f"{HUB_MODEL}:{COMMIT}", NONE)


def test_a_repository_out_of_reach_is_no_verdict_and_the_last_one_may_count(in_registry: Court):
    host = in_registry.liar.registry.host
    words = {"summaries": [f"oci://{host}/acme/verdicts"], "keep_allowed": "1m"}
    in_registry.rule({**words, "out_of_reach": "last-verdict"})
    published(in_registry, sum_up(in_registry).read_bytes())
    admitted(in_registry, f"{HUB_MODEL}:{COMMIT}")
    in_registry.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))
    in_registry.clock.advance(timedelta(minutes=2))
    decision = judged(in_registry, f"{HUB_MODEL}:{COMMIT}")
    assert decision.allowed
    assert decision.judged[0].stale
    refused(in_registry, "s3://acme-models/llama", "AIV-ADMISSION-OUT-OF-REACH")


# Policies.


def test_rules_about_the_workload_are_asked_where_a_summary_stands_for_the_bytes(sitting: Court):
    names = ["aiverify:no_trust_remote_code", "aiverify:allowed_namespaces"]
    artifact = ["aiverify:licence_allowlist", "aiverify:signer_count"]
    sitting.rule({"summaries": ["vsas"], "keep_denied": "1s"}, policies=names + artifact)
    sum_up(sitting)
    document = serving(f"{HUB_MODEL}:{COMMIT}")
    sitting.admits(request(document))
    document["spec"]["predictor"]["model"]["args"] = ["--trust-remote-code"]
    decision = sitting.refuses(request(document), "aiverify.no_trust_remote_code.trusted")
    assert "/spec/predictor/model/args/0" in decision.message
    refused(
        sitting,
        f"{HUB_MODEL}:{COMMIT}",
        "aiverify.allowed_namespaces.not_allowed",
        namespace="kube-system",
    )


def test_a_rule_that_wants_to_know_the_artifact_denies_what_is_only_summed_up(sitting: Court):
    (sitting.place / "own.rego").write_text(
        """package own

deny contains "nobody signed it" if {
    input.request.namespace == "serving"
    count(input.signatures) == 0
}
"""
    )
    sitting.rule({"summaries": ["vsas"], "keep_denied": "1s"}, policies=["own.rego"])
    sum_up(sitting)
    refused(sitting, f"{HUB_MODEL}:{COMMIT}", "own.deny")
    admitted(sitting, f"{HUB_MODEL}:{COMMIT}", namespace="other")
