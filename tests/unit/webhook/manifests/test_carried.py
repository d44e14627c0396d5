from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, InputError, MalformedError, UsageError
from aiverify.webhook.cluster.files import write_together
from aiverify.webhook.judging.loading import load
from aiverify.webhook.manifests.carried import MAX_SIZE, SUMMARIES, carry, read_authority
from aiverify.webhook.manifests.profile import FOLDER
from tests.support.story import ASSETS, Story

RULE = 'package rules\n\ndeny contains "no" if input.artifact.name == "no"\n'
HEAD = "apiVersion: aiverify.dev/profile/v1\n"
TRUST = "trust: {signers: [{name: release, keys: [keys/release.pub]}]}\n"
SUMMED = "summaries: {signers: [{name: judge, keys: [keys/release.pub]}]}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "keys" / "release.pub").write_bytes(public())
    (tmp_path / "rules" / "no.rego").write_text(RULE)
    (tmp_path / "one.rego").write_text(RULE.replace("package rules", "package one"))
    return tmp_path


def public(owner: str = "release") -> bytes:
    return (ASSETS / "keys" / f"{owner}.pub").read_bytes()


def a_profile(desk: Path, *parts: str) -> Path:
    path = desk / "aiverify.yaml"
    path.write_text(HEAD + "".join(parts or (TRUST,)))
    return path


def test_the_demonstrations_profile_is_carried_with_its_keys(story: Story):
    carried = carry(story.profile)

    assert carried.profile == story.profile.read_bytes()
    assert carried.files == {"release.pub": story.public("release").read_bytes()}


def test_every_file_that_a_profile_can_name_is_carried(desk: Path):
    for name, owner in (("summary", "release"), ("gone", "stranger"), ("dated", "second")):
        (desk / f"{name}.pub").write_bytes(public(owner))
    (desk / "root.crt").write_bytes((ASSETS / "keys" / "authority.crt").read_bytes())
    (desk / "trusted.json").write_text("{}")
    (desk / "verdicts").mkdir()
    (desk / "verdicts" / "a.json").write_text("{}")
    path = a_profile(
        desk,
        "trust:\n"
        "  sigstore: trusted.json\n"
        "  revoked: {keys: [gone.pub, 'sha256:" + "0" * 64 + "']}\n"
        "  signers:\n"
        "    - name: release\n"
        "      keys: [keys/release.pub, {key: dated.pub, from: 2026-01-01}]\n"
        "      certificates: [{roots: [root.crt], name: a.example}]\n"
        "summaries: {signers: [{name: judge, keys: [summary.pub]}]}\n"
        "policies: {from: [rules, one.rego, aiverify:no_pickled_weights]}\n"
        "admission: {summaries: [verdicts, oci://registry.example/verdicts]}\n",
    )

    assert sorted(carry(path).files) == [
        "dated.pub",
        "gone.pub",
        "keys/release.pub",
        "one.rego",
        "root.crt",
        "rules/no.rego",
        "summary.pub",
        "trusted.json",
        "verdicts/a.json",
    ]


def test_a_pod_reads_the_same_profile_and_the_same_policies(desk: Path, tmp_path: Path):
    path = a_profile(desk, TRUST, "policies: [rules, one.rego]\n")
    carried = carry(path)
    mounted = tmp_path / "mounted"

    # As a kubelet lays a ConfigMap out: what is at the top are symbolic links.
    files = {"aiverify.yaml": carried.profile, **carried.files}
    write_together(mounted, {f"{FOLDER}/{name}": data for name, data in files.items()})

    here, there = load(path), load(mounted / FOLDER / "aiverify.yaml")
    here.close()
    there.close()
    assert there.version == here.version


def test_an_object_of_a_cluster_in_a_file_is_carried_alike(desk: Path):
    path = desk / "aiverify.yaml"
    path.write_text(
        "apiVersion: aiverify.dev/v1\nkind: Profile\nmetadata: {name: aiverify}\nspec:\n"
        "  trust: {signers: [{name: release, keys: [{key: keys/release.pub}]}]}\n"
    )

    assert set(carry(path).files) == {"keys/release.pub"}


def test_a_key_that_is_written_out_needs_no_file(desk: Path):
    pem = public().decode().replace("\n", "\\n")
    path = a_profile(desk, f'trust: {{signers: [{{name: release, keys: [{{pem: "{pem}"}}]}}]}}\n')

    assert carry(path).files == {}


@pytest.mark.parametrize(
    "named", ["../outside.pub", "{root}/outside.pub", "keys/../../outside.pub"]
)
def test_a_file_outside_of_the_directory_is_refused(desk: Path, named: str):
    inner = desk / "inner"
    inner.mkdir()
    (desk / "outside.pub").write_bytes(public())
    (inner / "keys").mkdir()
    path = a_profile(inner, TRUST.replace("keys/release.pub", named.format(root=desk)))

    with pytest.raises(UsageError, match="outside its directory") as caught:
        carry(path)
    assert "below the profile's directory" in caught.value.hint


def test_a_private_key_never_leaves(desk: Path):
    data = (ASSETS / "keys" / "release.key").read_bytes()
    (desk / "rules" / "release.key").write_bytes(data)
    path = a_profile(desk, TRUST, "policies: [rules]\n")

    with pytest.raises(UsageError, match=r"rules/release\.key, which holds a private key"):
        carry(path)


def test_a_key_in_the_environment_is_in_no_pod(desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RELEASE_KEY", public().decode())
    path = a_profile(desk, TRUST.replace("keys/release.pub", "env://RELEASE_KEY"))

    with pytest.raises(UsageError, match="a pod has no such variable"):
        carry(path)


def test_more_than_a_config_map_holds_is_refused_and_the_largest_is_named(desk: Path):
    (desk / "rules" / "big.rego").write_text(RULE + "#" * (MAX_SIZE - 100))
    path = a_profile(desk, TRUST, "policies: [rules]\n")

    with pytest.raises(UsageError, match="a ConfigMap holds 1048576") as caught:
        carry(path)
    assert "rules/big.rego" in caught.value.hint


def test_a_mounted_config_map_of_summaries_has_to_be_named(desk: Path):
    path = a_profile(desk, TRUST, SUMMED, f"admission: {{summaries: [{SUMMARIES}]}}\n")

    with pytest.raises(UsageError, match="where nothing will be"):
        carry(path)
    assert set(carry(path, summaries=True).files) == {"keys/release.pub"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (TRUST.replace("release.pub", "missing.pub"), InputError),
        (TRUST + "polices: [rules]\n", MalformedError),
        (TRUST + "policies: [missing]\n", InputError),
    ],
)
def test_a_broken_profile_is_told_before_it_is_applied(
    desk: Path, text: str, error: type[AiverifyError]
):
    with pytest.raises(error):
        carry(a_profile(desk, text))


def test_an_authority_is_certificates_and_nothing_else(tmp_path: Path):
    path = tmp_path / "ca.pem"
    pem = (ASSETS / "keys" / "authority.crt").read_text()
    path.write_text(f"subject: somebody\n{pem}")
    assert read_authority(path) == pem

    path.write_bytes((ASSETS / "keys" / "release.key").read_bytes())
    with pytest.raises(InputError):
        read_authority(path)
