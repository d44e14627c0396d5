"""What a cluster's settings fit, and what nobody can make them fit by the names they choose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aiverify.core.admission import (
    MAX_NAME,
    MAX_PATH,
    Admission,
    Exemption,
    Mode,
    ModeRule,
    is_path,
    repository_of,
)

END = datetime(2027, 1, 31, tzinfo=UTC)


def exempt(**lists: tuple[str, ...]) -> Exemption:
    return Exemption("r", END, **lists)


def covers(exemption: Exemption, **asked: object) -> bool:
    known = {"namespace": "team-a", "kind": "Pod", "name": "web", "user": "alice", "groups": ()}
    return exemption.covers(**{**known, **asked})  # type: ignore[arg-type]


def test_without_a_mode_that_fits_it_is_enforced():
    assert Admission().mode("any", "AIV-SIGNATURE-NONE") is Mode.ENFORCE
    only = Admission((ModeRule(Mode.AUDIT, ("research-*",)),))
    assert only.mode("production", "AIV-SIGNATURE-NONE") is Mode.ENFORCE
    assert only.mode("", "AIV-SIGNATURE-NONE") is Mode.ENFORCE


def test_the_last_mode_that_fits_decides():
    modes = (
        ModeRule(Mode.AUDIT),
        ModeRule(Mode.WARN, ("team-*",)),
        ModeRule(Mode.ENFORCE, ("team-*",), ("AIV-PICKLE-*", "acme.rules.*")),
    )
    admission = Admission(modes)
    assert admission.mode("other", "AIV-PICKLE-CALL") is Mode.AUDIT
    assert admission.mode("team-a", "AIV-SIGNATURE-NONE") is Mode.WARN
    assert admission.mode("team-a", "AIV-PICKLE-CALL") is Mode.ENFORCE


def test_a_rules_pattern_fits_a_code_whatever_characters_it_has():
    rule = ModeRule(Mode.ENFORCE, (), ("acme.rules.*",))
    assert rule.covers("a", "acme.rules.denied/by@us")
    assert not rule.covers("a", "acme.rulesets.denied")


def test_one_mode_includes_another_if_it_fits_all_that_the_other_fits():
    everything, team = ModeRule(Mode.AUDIT), ModeRule(Mode.WARN, ("team-*",))
    one = ModeRule(Mode.WARN, ("team-a",), ("AIV-PICKLE-*",))
    assert everything.includes(team)
    assert team.includes(one)
    assert team.includes(ModeRule(Mode.WARN, ("team-a-*", "team-b")))
    assert not one.includes(team)
    assert not team.includes(everything)
    assert not team.includes(ModeRule(Mode.WARN, ("team-a", "other")))


def test_each_list_of_an_exemption_must_fit():
    narrow = exempt(
        namespaces=("team-*",), users=("alice", "bob"), groups=("sre",), objects=("Pod/web*",)
    )
    fitting = {"groups": ("dev", "sre")}
    assert covers(narrow, **fitting)
    for other in (
        {"namespace": "teams"},
        {"namespace": ""},
        {"user": "alice2"},
        {"groups": ("dev",)},
        {"kind": "Deployment"},
        {"name": "a-web"},
    ):
        assert not covers(narrow, **{**fitting, **other}), other


def test_an_exemption_that_says_nothing_covers_nothing():
    assert not covers(exempt())


def test_a_name_that_the_server_has_yet_to_make_is_no_name_of_an_exemption():
    assert not covers(exempt(namespaces=("team-a",), objects=("Pod/debug-*",)), name="")


def test_a_longer_name_than_there_can_be_is_not_exempt_and_does_not_escape():
    long = "registry.example/" + "a" * MAX_NAME
    assert not covers(exempt(objects=("Pod/*",)), name="a" * MAX_NAME)
    assert Admission(images=("registry.example/**",)).judges_image(long)
    assert Admission(images=("other.example/**",)).judges_image(long)
    assert not Admission(registries=("registry.example/**",)).allows_origin(long)


def test_an_exemption_ends():
    assert exempt(users=("alice",)).holds(END - timedelta(seconds=1))
    assert not exempt(users=("alice",)).holds(END)


REPOSITORIES = {
    "nginx": "docker.io/library/nginx",
    "nginx:1.27@sha256:ab": "docker.io/library/nginx",
    "acme/web": "docker.io/acme/web",
    "docker.io/nginx": "docker.io/library/nginx",
    "index.docker.io/acme/web:1": "docker.io/acme/web",
    "GHCR.IO/acme/web": "ghcr.io/acme/web",
    "Ghcr/acme": "ghcr/acme",
    "ghcr.io:443/acme/web": "ghcr.io/acme/web",
    "localhost/web": "localhost/web",
    "localhost:5000/web:2": "localhost:5000/web",
    "oci://registry.example/a/b:1": "registry.example/a/b",
    " ghcr.io/acme/web ": "ghcr.io/acme/web",
    "ghcr.io/acme/web@x@y": "ghcr.io/acme/web",
    "": "docker.io/library/",
}


@pytest.mark.parametrize("image", REPOSITORIES)
def test_an_image_is_known_by_where_a_runtime_would_get_it(image: str):
    assert repository_of(image) == REPOSITORIES[image]


def test_an_image_is_judged_however_it_is_spelt():
    admission = Admission(images=("docker.io/acme/**", "ghcr.io/**"))
    for image in (
        "acme/web",
        "DOCKER.IO/acme/web:1",
        "index.docker.io/acme/web",
        "GHCR.io:443/x/y",
    ):
        assert admission.judges_image(image), image
    assert not admission.judges_image("quay.io/acme/web")
    assert not Admission().judges_image("acme/web")
    assert Admission(images=("**",)).judges_image("whatever")


def test_artifacts_come_from_the_registries_that_are_named_and_no_others():
    assert Admission().allows_origin("oci://evil.example/a")
    admission = Admission(registries=("ghcr.io/acme/*",))
    assert admission.allows_origin("oci://ghcr.io/acme/llama:1")
    for other in ("ghcr.io/acme-evil/llama", "ghcr.io/acme/a/b", "ghcr.io.evil.example/acme/a",
                  "evil.example/ghcr.io/acme/a", "acme/a", "ghcr.io:444/acme/a",
                  "evil.example/a@ghcr.io/acme/a"):  # fmt: skip
        assert not admission.allows_origin(other), other


def test_models_are_required_where_that_is_said():
    admission = Admission(models_required=("inference-*",))
    assert admission.requires_model("inference-a")
    assert not admission.requires_model("web")
    assert not Admission().requires_model("inference-a")


@pytest.mark.parametrize(
    "text",
    [".spec.model.uri", ".spec.rules[*].model_id", '.metadata.annotations["a.b/c-d"]', "..uri",
     ".spec.*.uri", ".spec.tiers.0.uri", f".{'a' * (MAX_PATH - 1)}"],
)  # fmt: skip
def test_a_path_leads_through_members_and_items(text: str):
    assert is_path(text)


@pytest.mark.parametrize(
    "text",
    ["", "spec", ".", ".spec.", ".spec...a", ".*", "[*]", "[*].a",
     ".a[0]", ".a[]", '.a["]', '.a[""]',
     ".a b", "$.spec", ".spec.é", ".a\n", f".{'a' * MAX_PATH}"],
)  # fmt: skip
def test_what_is_no_path_is_none(text: str):
    assert not is_path(text)
