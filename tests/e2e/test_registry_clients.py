"""cosign, oras, crane and skopeo beside aiverify in one registry: each reads what others wrote."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from aiverify.signing.oms import PREDICATE as OMS
from aiverify.signing.predicates import CONTENTS, CYCLONEDX, MANIFEST_SIGNED, PROVENANCE
from tests.support import cosign_keys
from tests.support.artifacts import MODEL, read_tree, write_tree
from tests.support.commands import Completed
from tests.support.desk import Desk
from tests.support.foreign import digest_of
from tests.support.oci_clients import client, transport
from tests.support.registries.registry import Registry
from tests.support.registries.running import REGISTRIES, docker_registry
from tests.support.registry_stage import Shelf, findings, hurried, registry_desk
from tests.support.signatures import key
from tests.support.story import Story

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("cosigns")]

SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json"
NO_LOG = ("--use-signing-config=false", "--tlog-upload=false")
STANDARD = {"N": 65536, "r": 8, "p": 1}
"""The only scrypt parameters that cosign takes."""

RUN = {
    "buildDefinition": {
        "buildType": "https://acme.example/train",
        "externalParameters": {"epochs": 1},
    },
    "runDetails": {"builder": {"id": "https://acme.example/builder"}},
}

_numbers = count()


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture(scope="module", params=REGISTRIES)
def registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """Each kind of registry, with TLS."""
    with REGISTRIES[request.param](tmp_path_factory.mktemp(request.param), tls=True) as running:
        yield running


@cache
def for_cosign(owner: str) -> bytes:
    """Somebody's private key in the form that cosign takes."""
    document = cosign_keys.document(cosign_keys.pkcs8(key("p256", owner)), b"", STANDARD)
    return cosign_keys.wrapped(document)


@pytest.fixture
def desk(tmp_path: Path, registry: Registry) -> Desk:
    """A desk with a model, its bundle, and the keys of two who sign and of a stranger."""
    desk = registry_desk(tmp_path, registry.config)
    desk.model()
    desk.do("bundle model model -o plain.tar --name llama")
    for owner in ("release", "cosigner", "stranger"):
        desk.key(owner)
    (desk / "cosigner.cosign.key").write_bytes(for_cosign("cosigner"))
    (desk / "run.json").write_text(json.dumps(RUN))
    return desk


@pytest.fixture
def shelf(registry: Registry) -> Shelf:
    """A repository that nobody has used."""
    return new_shelf(registry)


def new_shelf(registry: Registry) -> Shelf:
    return Shelf(registry.host, f"test{next(_numbers)}/llama:1", f"--ca-file {registry.ca}")


class Clients:
    """The clients, in a registry: what each is told to do there has to succeed."""

    def __init__(self, desk: Desk, registry: Registry) -> None:
        self._desk, self._registry = desk, registry

    def run(self, name: str, *words: str | Path) -> Completed:
        return client(name, *words, at=self._registry, cwd=self._desk.place)

    def do(self, name: str, *words: str | Path) -> str:
        done = self.run(name, *words)
        assert done.exit_code == 0, done.err
        return done.out

    def oras(self, command: str, *words: str | Path) -> str:
        return self.do("oras", *command.split(), *transport("oras", self._registry), *words)

    def oras_copy(self, source: str, to: str, *words: str) -> str:
        """Copy with referrers. olareg loses some of those that come at one time."""
        ends = [
            word for side in ("from-", "to-") for word in transport("oras", self._registry, side)
        ]
        if "--to-oci-layout" in words:
            ends = transport("oras", self._registry, "from-")
        one = ("--concurrency", "1", "--no-tty")
        return self.do("oras", "copy", "-r", *ends, *one, *words, source, to)

    def digest(self, shelf: Shelf) -> str:
        return self.oras("resolve", shelf.ref).strip()

    def pinned(self, shelf: Shelf) -> str:
        """The reference by digest, as cosign wants it."""
        return shelf.at(f"@{self.digest(shelf)}").ref

    def oras_pushes(self, shelf: Shelf) -> None:
        """`oras push` of the model: its files as they are, and its folder packed."""
        words = (*transport("oras", self._registry), "--no-tty")
        kind = ("--artifact-type", "application/vnd.acme.model")
        tops = sorted({name.partition("/")[0] for name in MODEL})
        found = client(
            "oras",
            "push",
            *words,
            *kind,
            shelf.ref,
            *tops,
            at=self._registry,
            cwd=self._desk / "model",
        )
        assert found.exit_code == 0, found.err

    def cosign_signs(self, shelf: Shelf, *words: str) -> None:
        by = ("--key", "cosigner.cosign.key")
        self.do("cosign", "sign", "--yes", *by, *NO_LOG, *words, self.pinned(shelf))

    def cosign_attests(self, shelf: Shelf, kind: str, predicate: str) -> None:
        said = ("--type", kind, "--predicate", predicate)
        by = ("--key", "cosigner.cosign.key")
        self.do("cosign", "attest", "--yes", *by, *NO_LOG, *said, self.pinned(shelf))

    def cosign_verifies(self, shelf: Shelf, owner: str, *kind: str) -> Completed:
        """`verify`, or `verify-attestation` of a type."""
        command = ("verify-attestation", "--type", *kind) if kind else ("verify",)
        words = (*command, "--key", f"{owner}.pub", "--insecure-ignore-tlog")
        return self.run("cosign", *words, self.pinned(shelf))

    def referrers(self, shelf: Shelf) -> list[dict[str, Any]]:
        """The manifests of what speaks of it."""
        listed = json.loads(self.oras("discover", "--format", "json", shelf.ref))["referrers"]
        return [self.manifest(shelf.at(f"@{item['digest']}")) for item in listed]

    def manifest(self, shelf: Shelf) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.oras("manifest fetch", shelf.ref))
        return value

    def statements(self, shelf: Shelf) -> list[dict[str, Any]]:
        """What is said in each Sigstore bundle that speaks of it."""
        found = []
        for item in self.referrers(shelf):
            if item["artifactType"] == SIGSTORE:
                blob = shelf.at(f"@{item['layers'][0]['digest']}").ref
                bundle = json.loads(self.oras("blob fetch --output -", blob))
                found.append(json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"])))
        return found


@pytest.fixture
def clients(desk: Desk, registry: Registry) -> Clients:
    return Clients(desk, registry)


def by_aiverify(desk: Desk, clients: Clients, shelf: Shelf) -> None:
    desk.do(f"push plain.tar {shelf}")


def by_oras(desk: Desk, clients: Clients, shelf: Shelf) -> None:
    clients.oras_pushes(shelf)


Push = Callable[[Desk, Clients, Shelf], None]

pushed = pytest.mark.parametrize("push", [by_aiverify, by_oras], ids=["aiverify", "oras"])


def files_of(root: Path) -> dict[str, bytes]:
    """What was written out, without the signature that lies beside it."""
    found = {name: data for name, (data, _) in read_tree(root).items()}
    found.pop("model.sig", None)
    return found


# What cosign writes, aiverify reads.


@pushed
def test_what_cosign_signs_counts(push: Push, desk: Desk, clients: Clients, shelf: Shelf) -> None:
    push(desk, clients, shelf)
    assert "has no signature" in desk.denies(f"{shelf} --key cosigner.pub").told

    clients.cosign_signs(shelf)

    [said] = clients.statements(shelf)
    assert said["predicateType"] == MANIFEST_SIGNED
    assert [it["digest"] for it in said["subject"]] == [{"sha256": clients.digest(shelf)[7:]}]
    [signature] = desk.allows(f"{shelf} --key cosigner.pub").signatures
    assert signature["predicate_type"] == MANIFEST_SIGNED
    desk.denies(f"{shelf} --key stranger.pub")
    desk.do(f"pull {shelf} --key cosigner.pub -o out")
    assert files_of(desk / "out") == MODEL


def test_what_cosign_signs_with_annotations_counts(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    desk.do(f"push plain.tar {shelf}")

    clients.cosign_signs(shelf, "--annotations", "stage=tested")

    [said] = clients.statements(shelf)
    assert said["subject"][0]["annotations"] == {"stage": "tested"}
    desk.allows(f"{shelf} --key cosigner.pub")


def test_two_who_sign_by_two_tools_are_a_quorum(desk: Desk, clients: Clients, shelf: Shelf) -> None:
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("release", "cosigner")]
    desk.profile({"signers": signers, "threshold": 2}, contents={"unread": "warn"})
    desk.do(f"push plain.tar {shelf}")
    clients.cosign_signs(shelf)
    desk.denies(f"{shelf} --profile aiverify.yaml")

    desk.do(f"sign {shelf} --key release.key")

    judged = desk.allows(f"{shelf} --profile aiverify.yaml")
    assert {item["signer"] for item in judged.signatures} == {"release", "cosigner"}


def test_what_was_signed_was_the_whole_manifest_with_its_name(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    """cosign signs the manifest, in which the artifact's name stands."""
    desk.do("bundle model model -o named.tar --name llama --version 7")
    desk.do(f"push named.tar {shelf}")
    clients.cosign_signs(shelf)

    judged = desk.allows(f"{shelf} --key cosigner.pub")

    artifact = judged.report["artifact"]
    assert (artifact["name"], artifact["version"]) == ("llama", "7")
    assert "AIV-INTEGRITY-NAME" not in judged.rules


def test_a_unit_that_cosign_signs_counts_with_all_its_parts(
    desk: Desk, clients: Clients, shelf: Shelf, story: Story
) -> None:
    for path in (story.model, story.adapter):
        story.copy(path, desk / path.name)
    names = (story.model.name, story.adapter.name)
    desk.do(f"bundle model {names[0]} --adapter {names[1]} -o unit.tar --name chat")
    desk.do(f"push unit.tar {shelf}")

    clients.cosign_signs(shelf)

    # Nobody attests what is in the adapter, so that whether it fits is seen when it is pulled.
    judged = desk.denies(f"{shelf} --key cosigner.pub")
    assert judged.step == "contents"
    desk.do(f"pull {shelf} --key cosigner.pub -o out")
    assert {path.name for path in (desk / "out").iterdir()} == set(names)


@pushed
def test_what_cosign_attests_counts(push: Push, desk: Desk, clients: Clients, shelf: Shelf) -> None:
    push(desk, clients, shelf)
    clients.cosign_signs(shelf)
    desk.denies(f"{shelf} --key cosigner.pub --require provenance")

    clients.cosign_attests(shelf, "slsaprovenance1", "run.json")

    desk.allows(f"{shelf} --key cosigner.pub --require provenance")
    desk.denies(f"{shelf} --key cosigner.pub --require spdx")
    desk.do(f"pull {shelf} --key cosigner.pub --require provenance -o out")
    assert files_of(desk / "out") == MODEL


def test_an_sbom_that_cosign_attests_is_the_attested_one(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    desk.do(f"push plain.tar {shelf}")
    clients.cosign_signs(shelf)
    desk.do("sbom plain.tar -o sbom.json")

    clients.cosign_attests(shelf, "cyclonedx", "sbom.json")

    judged = desk.allows(f"{shelf} --key cosigner.pub --require cyclonedx")
    assert "AIV-SBOM-UNATTESTED" not in judged.rules
    assert judged.report["artifact"]["name"] == "llama"


def test_what_cosign_attests_is_no_signature(desk: Desk, clients: Clients, shelf: Shelf) -> None:
    """Whoever attests something about an artifact does not say that it may be used."""
    desk.do(f"push plain.tar {shelf}")
    clients.cosign_attests(shelf, "slsaprovenance1", "run.json")

    judged = desk.denies(f"{shelf} --key cosigner.pub")

    assert judged.step == "signatures"


def test_of_cosign_2_what_is_a_tag_is_not_read_and_what_is_a_bundle_counts(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    desk.do(f"push plain.tar {shelf}")
    words = ("sign", "--yes", "--key", "cosigner.cosign.key", "--tlog-upload=false")
    digest = clients.digest(shelf)
    ref = clients.pinned(shelf)

    clients.do("cosign2", *words, ref)
    tags = clients.do("crane", "ls", shelf.at(shelf.repository).ref).split()
    assert f"{digest.replace(':', '-')}.sig" in tags
    assert "has no signature" in desk.denies(f"{shelf} --key cosigner.pub").told

    clients.do("cosign2", *words, "--new-bundle-format", ref)
    desk.allows(f"{shelf} --key cosigner.pub")
    desk.denies(f"{shelf} --key stranger.pub")
    desk.do(f"pull {shelf} --key cosigner.pub -o out")
    assert files_of(desk / "out") == MODEL


# What aiverify writes, cosign reads.


def test_cosign_accepts_a_bundle_that_was_signed_and_pushed(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    desk.do("sign plain.tar --key release.key")

    desk.do(f"push plain.tar {shelf}")

    assert {said["predicateType"] for said in clients.statements(shelf)} == {
        OMS,
        CYCLONEDX,
        CONTENTS,
    }
    assert clients.cosign_verifies(shelf, "release").exit_code == 0
    for kind in ("cyclonedx", CONTENTS):
        accepted = clients.cosign_verifies(shelf, "release", kind)
        assert accepted.exit_code == 0, accepted.err
        assert clients.cosign_verifies(shelf, "stranger", kind).exit_code != 0
    assert clients.cosign_verifies(shelf, "stranger").exit_code != 0


@pushed
def test_cosign_accepts_what_aiverify_attests_in_the_registry(
    push: Push, desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    push(desk, clients, shelf)
    assert clients.cosign_verifies(shelf, "release", "slsaprovenance1").exit_code != 0

    desk.do(f"attest {shelf} --type provenance --predicate run.json --key release.key")

    accepted = clients.cosign_verifies(shelf, "release", "slsaprovenance1")
    assert accepted.exit_code == 0, accepted.err
    assert clients.cosign_verifies(shelf, "stranger", "slsaprovenance1").exit_code != 0
    assert [said["predicateType"] for said in clients.statements(shelf)] == [PROVENANCE]


def test_cosign_accepts_what_aiverify_signed_where_it_lies(
    desk: Desk, clients: Clients, shelf: Shelf
) -> None:
    """An OMS signature names the files alone, so the manifest is signed beside them."""
    desk.do(f"push plain.tar {shelf}")
    desk.do(f"sign {shelf} --key release.key")

    accepted = clients.cosign_verifies(shelf, "release")

    assert accepted.exit_code == 0, accepted.err
    desk.allows(f"{shelf} --key release.pub")


def test_cosign_still_accepts_after_aiverify_copied(
    desk: Desk, clients: Clients, shelf: Shelf, registry: Registry, tmp_path: Path
) -> None:
    """From a registry without the referrers API into each, and back."""
    desk.do("sign plain.tar --key release.key")
    with docker_registry(tmp_path / "other", tls=True) as other:
        assert registry.ca
        assert other.ca
        roots = desk / "roots.pem"
        roots.write_bytes(registry.ca.read_bytes() + other.ca.read_bytes())
        there = new_shelf(other)
        elsewhere = Clients(desk, other)
        desk.do(f"push plain.tar {there}")
        elsewhere.cosign_signs(there)

        desk.do(f"copy {there.ref} {shelf.ref} --ca-file {roots}")
        back = new_shelf(other)
        desk.do(f"copy {shelf.ref} {back.ref} --ca-file {roots}")

        for where, place in ((clients, shelf), (elsewhere, back)):
            for owner in ("cosigner", "release"):
                assert where.cosign_verifies(place, owner).exit_code == 0
                desk.allows(f"{place} --key {owner}.pub")
            assert where.cosign_verifies(place, "release", "cyclonedx").exit_code == 0


# oras, crane and skopeo.


@pytest.fixture
def signed(desk: Desk, shelf: Shelf) -> Shelf:
    """A signed bundle that was pushed."""
    desk.do("sign plain.tar --key release.key")
    desk.do(f"push plain.tar {shelf}")
    return shelf


def test_aiverify_pulls_what_oras_pushed(desk: Desk, clients: Clients, shelf: Shelf) -> None:
    clients.oras_pushes(shelf)

    desk.do(f"pull {shelf} --unverified -o out")

    assert files_of(desk / "out") == MODEL


def test_oras_pulls_what_aiverify_pushed(desk: Desk, clients: Clients, signed: Shelf) -> None:
    clients.oras("pull --no-tty --output out", signed.ref)

    assert files_of(desk / "out") == MODEL


def test_oras_and_crane_and_skopeo_fetch_the_manifest_that_was_pushed(
    desk: Desk, clients: Clients, signed: Shelf, registry: Registry
) -> None:
    skopeo = ("inspect", "--raw", *transport("skopeo", registry), f"docker://{signed.ref}")

    found = {
        clients.oras("manifest fetch", signed.ref),
        clients.do("crane", "manifest", signed.ref),
        clients.do("skopeo", *skopeo),
    }

    [manifest] = found
    assert digest_of(manifest.encode()) == clients.digest(signed)
    assert digest_of(manifest.encode()) in desk.do(f"inspect {signed}")


def test_oras_discovers_what_is_attached(desk: Desk, clients: Clients, signed: Shelf) -> None:
    found = clients.referrers(signed)

    kinds = sorted(item["artifactType"] for item in found)
    assert kinds == ["application/vnd.cyclonedx+json", *[SIGSTORE] * 3]


def test_the_tag_that_stands_for_the_api_says_of_each_what_the_manifest_says(
    desk: Desk, clients: Clients, signed: Shelf
) -> None:
    """Type and annotations are copied, so that a client may choose without fetching each."""
    tag = clients.digest(signed).replace(":", "-")
    if tag not in clients.do("crane", "ls", signed.at(signed.repository).ref).split():
        pytest.skip("the registry has the API")
    for entry in clients.manifest(signed.at(f":{tag}"))["manifests"]:
        manifest = clients.manifest(signed.at(f"@{entry['digest']}"))
        assert entry["artifactType"] == manifest["artifactType"]
        assert entry.get("annotations", {}) == manifest.get("annotations", {})


def test_what_oras_copies_with_its_referrers_is_verified_where_it_comes_to(
    desk: Desk, clients: Clients, signed: Shelf, registry: Registry
) -> None:
    there = new_shelf(registry)

    clients.oras_copy(signed.ref, there.ref)
    clients.oras_copy(signed.ref, "layout:1", "--to-oci-layout")

    for target in (str(there), "layout"):
        desk.allows(f"{target} --key release.pub --require cyclonedx")
        desk.denies(f"{target} --key stranger.pub")
    desk.do("unpack layout -o out")
    assert files_of(desk / "out") == MODEL


def test_a_layout_that_oras_made_is_pushed_again(
    desk: Desk, clients: Clients, signed: Shelf, registry: Registry
) -> None:
    clients.oras_copy(signed.ref, "layout:1", "--to-oci-layout")
    there = new_shelf(registry)

    desk.do(f"push layout {there}")

    assert clients.digest(there) == clients.digest(signed)
    assert len(clients.referrers(there)) == len(clients.referrers(signed))
    desk.allows(f"{there} --key release.pub --require cyclonedx")


def test_what_oras_attaches_of_other_types_changes_nothing(
    desk: Desk, clients: Clients, signed: Shelf
) -> None:
    before = desk.allows(f"{signed} --key release.pub")
    (desk / "note.txt").write_text("approved by everybody\n")

    clients.oras(
        "attach --no-tty --artifact-type application/vnd.acme.note",
        signed.ref,
        "note.txt:text/plain",
    )

    after = desk.allows(f"{signed} --key release.pub")
    assert findings(after) == findings(before)
    assert after.signatures == before.signatures
    desk.do(f"pull {signed} --key release.pub -o out")
    assert files_of(desk / "out") == MODEL


def test_what_oras_attaches_as_a_signature_and_is_none_is_told_and_does_not_count(
    desk: Desk, clients: Clients, signed: Shelf
) -> None:
    before = desk.allows(f"{signed} --key release.pub")
    (desk / "note.txt").write_text("approved by everybody\n")

    clients.oras(f"attach --no-tty --artifact-type {SIGSTORE}", signed.ref, "note.txt:text/plain")

    judged = desk.allows(f"{signed} --key release.pub")
    assert "AIV-SIGNATURE-BAD" in judged.rules
    assert judged.signatures == before.signatures
    desk.do(f"pull {signed} --key release.pub -o out")
    assert files_of(desk / "out") == MODEL


def test_crane_copies_the_artifact_and_nothing_that_speaks_of_it(
    desk: Desk, clients: Clients, signed: Shelf, registry: Registry
) -> None:
    there = new_shelf(registry)

    clients.do("crane", "copy", signed.ref, there.ref)
    clients.do("crane", "copy", signed.ref, signed.at(":again").ref)

    assert "1" in clients.do("crane", "ls", there.at(there.repository).ref).split()
    assert clients.digest(there) == clients.digest(signed)
    assert "has no signature" in desk.denies(f"{there} --key release.pub").told
    desk.allows(f"{signed.at(':again')} --key release.pub")


def test_skopeo_copies_to_a_layout_and_back(
    desk: Desk, clients: Clients, signed: Shelf, registry: Registry
) -> None:
    """Neither way takes along what speaks of the artifact. In its repository that still lies."""
    there = new_shelf(registry)
    copy = ("--insecure-policy", "copy")
    into, out = (transport("skopeo", registry, side) for side in ("dest-", "src-"))
    desk.do("sign plain.tar --key release.key -o model.sig")

    clients.do("skopeo", *copy, *out, f"docker://{signed.ref}", "oci:layout:1")
    for target in (signed.at(":again"), there):
        clients.do("skopeo", *copy, *into, "oci:layout:1", f"docker://{target.ref}")
        assert clients.digest(target) == clients.digest(signed)

    desk.allows(f"{signed.at(':again')} --key release.pub --require cyclonedx")
    for word in (str(there), "layout"):
        assert "has no signature" in desk.denies(f"{word} --key release.pub").told
        desk.allows(f"{word} --key release.pub --signature model.sig")
    desk.do("unpack layout -o out")
    assert files_of(desk / "out") == MODEL


def test_an_altered_file_under_the_same_tag_is_another_artifact_to_everybody(
    desk: Desk, clients: Clients, signed: Shelf
) -> None:
    """Whoever moves the tag takes no signature along."""
    shutil.rmtree(desk / "model")
    write_tree(desk / "model", {**MODEL, "config.json": b'{"model_type": "llama2"}'})
    desk.do("bundle model model -o other.tar --name llama")
    before = clients.digest(signed)

    desk.do(f"push other.tar {signed}")

    assert clients.digest(signed) != before
    assert "has no signature" in desk.denies(f"{signed} --key release.pub").told
    assert clients.cosign_verifies(signed, "release").exit_code != 0
    desk.allows(f"{signed.at(f'@{before}')} --key release.pub")
