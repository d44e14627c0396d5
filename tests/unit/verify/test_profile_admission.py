"""What a profile may say of a cluster, and that nobody gets out of it by what they choose."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiverify.core.admission import (
    Admission,
    CustomResource,
    Exemption,
    Mode,
    ModeRule,
    OutOfReach,
)
from aiverify.errors import MalformedError
from aiverify.verify.profile import Profile, read_profile
from tests.support.signatures import key

LEAST = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers: [{name: alice, keys: [alice.pub]}]
"""
SUMMARIES = "summaries: {signers: [{name: alice, keys: [alice.pub]}]}\n"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "admission.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "alice.pub").write_text(key(owner="alice").public.pem)
    return tmp_path


def read(folder: Path, text: str) -> Profile:
    path = folder / "aiverify.yaml"
    path.write_text(LEAST + text)
    return read_profile(path)


def examples() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_documented_example_says_all_that_it_says(folder: Path):
    assert read(folder, SUMMARIES + examples()[0]).admission == Admission(
        modes=(
            ModeRule(Mode.AUDIT, ("research-*",)),
            ModeRule(Mode.WARN, (), ("aiverify.licence_allowlist.*",)),
        ),
        exemptions=(
            Exemption(
                "the registry's own cache, moved to signed models in spring",
                datetime(2027, 3, 31, tzinfo=UTC),
                ("model-cache",),
                objects=("Deployment/cache-*",),
                by="platform@acme.example",
            ),
            Exemption(
                "break glass",
                datetime(2027, 1, 31, 12, tzinfo=UTC),
                users=("oncall@acme.example",),
            ),
        ),
        resources=(
            CustomResource(
                "serving.acme.example",
                "LLMEndpoint",
                (".spec.model.uri",),
                "hf",
                ".spec.model.revision",
            ),
            CustomResource(
                "serving.acme.example",
                "Router",
                (".spec.rules[*].model_id", '.metadata.annotations["acme.example/draft"]'),
            ),
        ),
        images=("registry.acme.example/serving/**",),
        registries=("registry.acme.example/**", "ghcr.io/acme/*"),
        summaries=("summaries/", "oci://registry.acme.example/verdicts"),
        out_of_reach=OutOfReach.LAST_VERDICT,
        keep_allowed=timedelta(minutes=10),
        keep_denied=timedelta(seconds=30),
        last_verdict=timedelta(hours=6),
        models_required=("inference-*",),
    )


def test_the_documented_object_is_a_profile(folder: Path):
    (folder / "object.yaml").write_text(examples()[1])
    profile = read_profile(folder / "object.yaml")
    assert profile.policies == ("aiverify:@cluster",)
    assert profile.admission == Admission()


def test_what_is_left_out_is_the_safe_choice(folder: Path):
    assert read(folder, "").admission == read(folder, "admission: {}\n").admission == Admission()
    assert Admission().mode("any", "any") is Mode.ENFORCE
    assert Admission().out_of_reach is OutOfReach.DENY
    kept = read(folder, "admission: {out_of_reach: last-verdict}\n").admission
    assert kept.last_verdict == timedelta(hours=1)


def test_an_empty_exemption_list_is_left_out_and_not_written(folder: Path):
    assert read(folder, "").admission.exemptions == ()


REFUSED = {
    "as a list": ("[]", "admission must be a mapping"),
    "null": ("", "admission must be a mapping"),
    "a typo": ("{exemption: []}", "admission has the unknown field exemption"),
    "an opt-out label": ("{skip_label: a}", "unknown field skip_label"),
    "empty modes": ("{modes: []}", r"admission\.modes is an empty list"),
    "modes as a word": ("{modes: audit}", "modes must be a list"),
    "a mode without its mode": ("{modes: [{namespaces: [a]}]}", r"modes\[1\] has no mode"),
    "an unknown mode": ("{modes: [{mode: off}]}", "mode is off"),
    "a mode with a typo": ("{modes: [{mode: warn, namespace: a}]}", "unknown field namespace"),
    "a mode for no namespace": ("{modes: [{mode: warn, namespaces: []}]}", "an empty list"),
    "a mode for no rule": ("{modes: [{mode: warn, rules: []}]}", "an empty list"),
    "a namespace in capitals": ("{modes: [{mode: warn, namespaces: [Team]}]}", "no namespace is"),
    "a namespace too long": (f"{{modes: [{{mode: warn, namespaces: [{'a' * 64}]}}]}}", "is called"),
    "a namespace twice wild": ("{modes: [{mode: warn, namespaces: ['a**']}]}", "is called"),
    "a namespace with a newline": ('{modes: [{mode: warn, namespaces: ["a\\n"]}]}', r"a\\x0a"),
    "every rule by a star": ("{modes: [{mode: warn, rules: ['*']}]}", "is no rule"),
    "a rule that there is not": (
        "{modes: [{mode: audit}, {mode: enforce, rules: [AIV-SIGNATUR-NONE]}]}",
        "there is no such rule",
    ),
    "a rule with a space": ("{modes: [{mode: warn, rules: ['a b']}]}", "is no rule"),
    "a mode that another hides": (
        "{modes: [{mode: warn, namespaces: [a]}, {mode: audit}]}",
        r"modes\[1\] never counts, as modes\[2\]",
    ),
    "a mode that a wider one hides": (
        "{modes: [{mode: enforce, namespaces: [a-b]}, {mode: audit, namespaces: ['a-*']}]}",
        "never counts",
    ),
    "the same mode twice": ("{modes: [{mode: warn}, {mode: audit}]}", "never counts"),
    "empty resources": ("{resources: []}", "resources is an empty list"),
    "a resource without a group": ("{resources: [{kind: A, paths: [.a]}]}", "group must be a text"),
    "a group with its version": (
        "{resources: [{group: a.b/v1, kind: A, paths: [.a]}]}", "which is no API group"),
    "a group of one word": (
        "{resources: [{group: apps, kind: A, paths: [.a]}]}", "which is no API group"),
    "a resource's plural": (
        "{resources: [{group: a.b, kind: endpoints, paths: [.a]}]}", "which is no kind"),
    "a resource without paths": ("{resources: [{group: a.b, kind: A}]}", "has no paths"),
    "a resource with no path": (
        "{resources: [{group: a.b, kind: A, paths: []}]}", "paths is an empty list"),
    "a path that is none": (
        "{resources: [{group: a.b, kind: A, paths: [spec.model]}]}", "which is no path"),
    "a revision that is none": (
        "{resources: [{group: a.b, kind: A, paths: [.a], revision: b}]}", "which is no path"),
    "a scheme with its colon": (
        "{resources: [{group: a.b, kind: A, paths: [.a], scheme: 'hf://'}]}", "is no scheme"),
    "an empty scheme": (
        "{resources: [{group: a.b, kind: A, paths: [.a], scheme: ''}]}", "must be a text"),
    "a resource twice": (
        "{resources: [{group: a.b, kind: A, paths: [.a]}, {group: a.b, kind: A, paths: [.b]}]}",
        r"resources\[2\] is the second for A of a\.b"),
    "empty images": ("{images: []}", "images is an empty list"),
    "an image without a host": ("{images: [nginx/web]}", "without a registry's host"),
    "an image of one word": ("{images: [nginx]}", "no host and repository"),
    "an image with its tag": ("{images: ['ghcr.io/a/b:1']}", "no host and repository"),
    "a host that anybody can have": ("{registries: ['ghcr.io**']}", "no host and repository"),
    "a host that ends as it likes": ("{registries: ['ghcr.*/acme/a']}", "no host and repository"),
    "a top-level domain": ("{registries: ['*.io/**']}", "everybody under io"),
    "empty registries": ("{registries: []}", "registries is an empty list"),
    "any registry": ("{registries: ['*/**']}", "no host and repository"),
    "empty summaries": ("{summaries: []}", "summaries is an empty list"),
    "summaries of nobody": ("{summaries: [a/]}", "nobody may make them"),
    "one summary": ("{summaries: ['oci://r.example/a:1']}", "is one artifact"),
    "a summary by digest": (f"{{summaries: ['oci://r.example/a@sha256:{'0' * 64}']}}", "artifact"),
    "summaries from a bucket": ("{summaries: ['s3://bucket']}", "which is no directory"),
    "models required nowhere": ("{models_required: []}", "models_required is an empty list"),
    "models required as a word": ("{models_required: true}", "must be a list"),
    "an unknown answer to silence": ("{out_of_reach: allow}", "out_of_reach is allow"),
    "no lifetime": ("{keep_allowed: 0s}", "no length of time"),
    "a number as a lifetime": ("{keep_allowed: 600}", "must be a text"),
    "a lifetime too long": ("{keep_allowed: 25h}", "keep_allowed is 25h, which is too long"),
    "a denial too long": ("{keep_denied: 61m}", "too long"),
    "a last verdict too long": ("{out_of_reach: last-verdict, last_verdict: 8d}", "too long"),
    "a last verdict for nothing": ("{last_verdict: 1h}", "out_of_reach lets none count"),
    "a last verdict before its time": (
        "{out_of_reach: last-verdict, last_verdict: 5m}", "shorter than keep_allowed"),
}  # fmt: skip


def refused(folder: Path, text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why) as caught:
        read(folder, text)
    message = caught.value.message
    assert "aiverify.yaml: admission" in message
    assert "\n" not in message
    assert "\x1b" not in message
    assert not message.endswith(".")


@pytest.mark.parametrize("case", REFUSED)
def test_what_says_nothing_or_too_much_is_refused_by_its_place(folder: Path, case: str):
    text, why = REFUSED[case]
    refused(folder, f"admission: {text}\n", why)


def test_a_list_has_a_limit(folder: Path):
    one = "{reason: r, expires: 2027-01-01, namespaces: [a]}"
    refused(folder, f"admission: {{exemptions: [{', '.join([one] * 201)}]}}\n", "has 201 entries")


EXEMPT = {
    "no reason": ("expires: 2027-01-01, namespaces: [a]", r"exemptions\[1\] has no reason"),
    "an empty reason": ("reason: '', expires: 2027-01-01, namespaces: [a]", "must be a text"),
    "a blank reason": ("reason: ' ', expires: 2027-01-01, namespaces: [a]", "has no reason"),
    "a novel": (f"reason: {'a' * 301}, expires: 2027-01-01, namespaces: [a]", "301 characters"),
    "no end": ("reason: r, namespaces: [a]", r"exemptions\[1\] has no expires"),
    "no end by null": ("reason: r, expires: , namespaces: [a]", "expires must be a text"),
    "for ever": ("reason: r, expires: never, namespaces: [a]", "expires is never"),
    "a day that is none": ("reason: r, expires: 2027-02-30, namespaces: [a]", "which is no time"),
    "no zone": ("reason: r, expires: '2027-01-01T12:00:00', namespaces: [a]", "which is no time"),
    "a typo": ("reason: r, expires: 2027-01-01, namespace: [a]", "unknown field namespace"),
    "a label": ("reason: r, expires: 2027-01-01, labels: [a]", "unknown field labels"),
    "everything": ("reason: r, expires: 2027-01-01", r"exemptions\[1\] is for everything"),
    "no namespace": ("reason: r, expires: 2027-01-01, namespaces: []", "an empty list"),
    "nobody": ("reason: r, expires: 2027-01-01, users: []", "an empty list"),
    "every namespace": ("reason: r, expires: 2027-01-01, namespaces: ['*']", r"stands at the end"),
    "every long name": ("reason: r, expires: 2027-01-01, namespaces: ['**']", "no namespace"),
    "two stars": ("reason: r, expires: 2027-01-01, namespaces: ['a*b*']", "stands at the end"),
    "an ending": ("reason: r, expires: 2027-01-01, namespaces: ['*-ci']", "stands at the end"),
    "every namespace among others": (
        "reason: r, expires: 2027-01-01, namespaces: [a, '*']", "stands at the end"),
    "every user": ("reason: r, expires: 2027-01-01, users: ['*']", "stands for nobody"),
    "users of a domain": ("reason: r, expires: 2027-01-01, users: ['*@a.b']", "stands for nobody"),
    "every group": ("reason: r, expires: 2027-01-01, groups: ['*']", "stands for nobody"),
    "whoever logs in": (
        "reason: r, expires: 2027-01-01, groups: ['system:authenticated']", "acts for others"),
    "whoever does not": (
        "reason: r, expires: 2027-01-01, groups: ['system:unauthenticated']", "acts for others"),
    "every service account": (
        "reason: r, expires: 2027-01-01, groups: ['system:serviceaccounts']", "acts for others"),
    "who makes everybody's pods": (
        "reason: r, expires: 2027-01-01, "
        "users: [a, 'system:serviceaccount:kube-system:replicaset-controller']",
        "replicaset-controller, which acts for others"),
    "a pod's own name": (
        "reason: r, expires: 2027-01-01, objects: [Pod/debug]", "whoever makes them chooses"),
    "every object": (
        "reason: r, expires: 2027-01-01, users: [a], objects: ['*/*']", "is every object"),
    "every object in two ways": (
        "reason: r, expires: 2027-01-01, users: [a], objects: ['**']", "which is no object"),
    "an object without a kind": (
        "reason: r, expires: 2027-01-01, users: [a], objects: [web]", "which is no object"),
    "an object in its namespace": (
        "reason: r, expires: 2027-01-01, users: [a], objects: [Pod/a/b]", "which is no object"),
    "a hostile object": (
        'reason: r, expires: 2027-01-01, users: [a], objects: ["Pod/\\e[2J"]', r"\\x1b\[2J"),
}  # fmt: skip


@pytest.mark.parametrize("case", EXEMPT)
def test_an_exemption_of_everybody_or_without_its_reason_and_end_is_refused(
    folder: Path, case: str
):
    text, why = EXEMPT[case]
    refused(folder, f"admission: {{exemptions: [{{{text}}}]}}\n", why)


ALLOWED = {
    "a namespace": "namespaces: [kube-system]",
    "a team": "namespaces: ['team-*']",
    "a person": "users: [alice@acme.example]",
    "a group": "groups: [sre]",
    "the administrators": "groups: ['system:masters']",
    "a controller in a namespace": (
        "users: ['system:serviceaccount:argo:app'], namespaces: [argo]"),
    "a person's deployment": "users: [alice], objects: ['Deployment/web-*', '*/web']",
}  # fmt: skip


@pytest.mark.parametrize("case", ALLOWED)
def test_an_exemption_that_an_author_cannot_choose_is_taken(folder: Path, case: str):
    text = f"admission: {{exemptions: [{{reason: r, expires: 2027-01-01, {ALLOWED[case]}}}]}}\n"
    (exemption,) = read(folder, text).admission.exemptions
    assert exemption.expires == datetime(2027, 1, 1, tzinfo=UTC)


def test_an_exemption_changes_the_profile_by_which_summaries_count(folder: Path):
    texts = [
        f"admission: {{exemptions: [{{reason: r, expires: 2027-01-01, {scope}}}]}}\n"
        for scope in ALLOWED.values()
    ]
    assert len({read(folder, text).digest for text in texts}) == len(texts)
