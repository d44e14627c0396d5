"""Commands against real registries: there and back, and verified wherever it lies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.core.reference import parse
from aiverify.operations.pull import PullRequest, pull_artifact
from aiverify.operations.push import copy_artifact, push_bundle
from aiverify.registry.place import Place
from aiverify.registry.repository import Uploaded
from aiverify.registry.retrying import Backoff
from aiverify.verify.location import InRegistry
from tests.support.artifacts import MODEL
from tests.support.commands import Completed, assert_refused, listing
from tests.support.desk import Desk
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.processes import model_signing
from tests.support.registries.registry import ALICE, BOB, Login, Registry, docker_config
from tests.support.registries.running import REGISTRIES, docker_registry, olareg, zot
from tests.support.registries.tokens import EVERYTHING, TokenServer
from tests.support.registry_desk import Tally
from tests.support.registry_stage import Shelf, hurried, registry_desk
from tests.support.services.server import free_port
from tests.support.story import Story
from tests.support.torch_files import torch_zip

KEY = "--key release.pub"
PROFILE = "--profile aiverify.yaml"
FILES = 10
BLOBS = 17
SENDING = {"POST", "PUT", "PATCH"}

Start = Callable[..., AbstractContextManager[Registry]]


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture(scope="module", params=REGISTRIES)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of registry by its name."""
    return str(request.param)


@pytest.fixture(scope="module")
def registry(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Each kind of registry, for everybody."""
    with REGISTRIES[kind](tmp_path_factory.mktemp(kind)) as started:
        yield started


@pytest.fixture(scope="module")
def everywhere(registry: Registry, story: Story) -> Shelf:
    """The signed model in it. Only to be read."""
    return pushed(Shelf(registry.host, "library/llama:1"), story)


@pytest.fixture
def fresh(registry: Registry, tmp_path: Path) -> Shelf:
    """A place in it that is empty, and this test's own."""
    return Shelf(registry.host, f"own/{tmp_path.name.replace('_', '-').lower().strip('-')}:1")


@pytest.fixture
def at_hand(stage: Path, story: Story) -> Desk:
    """The demonstration's files, on a desk that remembers by itself."""
    story.copy(story.adapter_tar, stage / "lora.tar")
    for half in (story.private, story.public):
        story.copy(half("second"), stage / half("second").name)
    return registry_desk(stage)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One registry, where it does not matter which."""
    with olareg(tmp_path_factory.mktemp("plain")) as started:
        yield started


@pytest.fixture(scope="module")
def model(plain: Registry, story: Story) -> Shelf:
    """The signed model in the one registry. Only to be read."""
    return pushed(Shelf(plain.host, "library/llama:1"), story)


@pytest.fixture
def shelf(plain: Registry, tmp_path: Path) -> Shelf:
    """A place in the one registry that is empty, and this test's own."""
    return Shelf(plain.host, f"own/{tmp_path.name.replace('_', '-').lower().strip('-')}:1")


def located(shelf: Shelf) -> InRegistry:
    quick = Backoff(pause=lambda _: None)
    return InRegistry(parse(shelf.ref), Place(plain_http=True, backoff=quick))


def pushed(shelf: Shelf, story: Story) -> Shelf:
    """The place, with the signed model in it."""
    push_bundle(story.model_tar, located(shelf), Tally())
    return shelf


def sent(proxy: FaultProxy) -> int:
    """Bytes of blobs that went to the registry, and requests that were to bring some."""
    ours = [one for one in proxy.came(path="/blobs/") if one.method in SENDING]
    return len(ours) + sum(one.received for one in ours)


def facts(done: Completed) -> dict[str, str]:
    """The lines of a summary."""
    assert done.exit_code == 0, done
    pairs = (line.split("  ", 1) for line in done.out.partition("\n\n")[0].splitlines())
    return {name: value.strip() for name, value in pairs}


def refused_here(desk: Desk, line: str, exit_code: int, *words: str) -> None:
    """It is refused with those words, and leaves nothing behind."""
    before = listing(desk.place)
    assert_refused(desk.call(line), exit_code, *words)
    assert listing(desk.place) == before


# Push.


@pytest.mark.parametrize("bundle", ["llama.tar", "llama.bundle"])
def test_a_bundle_is_pushed_and_then_all_is_there_already(
    at_hand: Desk, registry: Registry, fresh: Shelf, bundle: str
):
    with fault_proxy(registry) as proxy:
        through = replace(fresh, host=proxy.host)
        first = facts(at_hand.call(f"push {bundle} {through}"))
        assert (first["pushed"], first["attached"]) == (through.ref, "5 manifests")
        assert first["of them"] == f"{BLOBS} sent"
        assert sent(proxy) > 250_000

        proxy.clear()
        second = facts(at_hand.call(f"push {bundle} {through}"))
        assert second == {**first, "of them": f"{BLOBS} there already"}
        assert sent(proxy) == 0
    at_hand.allows(f"{fresh} {KEY}")


def test_one_bundle_is_one_artifact_as_a_directory_and_as_one_file(at_hand: Desk, shelf: Shelf):
    digests = {
        facts(at_hand.call(f"push {bundle} {shelf.at(tag)}"))["manifest"]
        for bundle, tag in (("llama.tar", ":tar"), ("llama.bundle", ":layout"))
    }
    assert len(digests) == 1


def test_whoever_sees_the_tag_sees_all_that_speaks_of_it(
    at_hand: Desk, registry: Registry, fresh: Shelf
):
    with fault_proxy(registry) as proxy:
        done = facts(at_hand.call(f"push llama.tar {replace(fresh, host=proxy.host)}"))
        paths = [one.path for one in proxy.seen if one.method in SENDING]
        main, tag = (f"/manifests/{name}" for name in (done["manifest"], "1"))
        assert [path.rpartition("/v2/" + fresh.repository)[2] for path in paths[-2:]] == [main, tag]
        assert not any(path.endswith((main, tag)) for path in paths[:-2])


def test_a_bundle_is_pushed_by_the_digest_that_it_has_and_by_no_other(at_hand: Desk, shelf: Shelf):
    digest = facts(at_hand.call(f"push llama.tar {shelf}"))["manifest"]
    untagged = shelf.at(f"{shelf.repository}-2@{digest}")
    at_hand.do(f"push llama.tar {untagged}")
    at_hand.allows(f"{untagged} {KEY}")
    other = untagged.at(f"@sha256:{'ab' * 32}")
    refused_here(at_hand, f"push llama.tar {other}", 2, "names another digest")


@pytest.mark.parametrize("bundle", ["llama", "aiverify.yaml", "llama.nowhere"])
def test_what_is_no_bundle_is_not_pushed(at_hand: Desk, shelf: Shelf, bundle: str):
    refused_here(at_hand, f"push {bundle} {shelf}", 3, bundle)
    assert_refused(at_hand.call(f"verify {shelf} {KEY}"), 3, "does not exist")


def test_a_bundle_whose_bytes_were_altered_is_not_pushed(at_hand: Desk, shelf: Shelf):
    blobs = (at_hand / "llama.bundle").glob("blobs/sha256/*")
    largest = max(blobs, key=lambda path: path.stat().st_size)
    data = bytearray(largest.read_bytes())
    data[-1] ^= 1
    largest.write_bytes(data)
    refused_here(at_hand, f"push llama.bundle {shelf}", 10, largest.name)
    assert_refused(at_hand.call(f"verify {shelf} {KEY}"), 3, "does not exist")


# Verify, inspect and sbom.


def test_it_verifies_where_it_is_as_it_does_here(at_hand: Desk, everywhere: Shelf):
    here = at_hand.allows(f"llama.tar {PROFILE}").report
    digest = manifest_of(at_hand, everywhere)
    for name, trust in (
        (everywhere, KEY),
        (everywhere.at(f"{everywhere.name}@{digest}"), KEY),
        (everywhere.at(f"@{digest}"), PROFILE),
    ):
        there = at_hand.allows(f"{name} {trust}")
        assert there.report["target"] == name.ref
        assert there.report["artifact"] == here["artifact"]
        assert there.rules == []
    assert there.report["signatures"] == here["signatures"]
    steps = [(step["name"], step["outcome"]) for step in there.report["steps"]]
    assert steps == [(step["name"], step["outcome"]) for step in here["steps"]]


def manifest_of(desk: Desk, shelf: Shelf) -> str:
    """The digest of a manifest, as `inspect` tells it."""
    return facts(desk.call(f"inspect {shelf}"))["manifest"]


def test_nothing_of_a_layer_is_fetched_to_verify(
    at_hand: Desk, registry: Registry, everywhere: Shelf
):
    here = at_hand.allows(f"llama.tar {KEY}").report
    with fault_proxy(registry) as proxy:
        at_hand.allows(f"{replace(everywhere, host=proxy.host)} {KEY}")
        for file in here["artifact"]["files"]:
            assert proxy.came(path=file["digest"]) == []
        assert sum(one.sent for one in proxy.seen) < 100_000


def test_what_a_digest_says_by_itself_is_not_fetched(
    at_hand: Desk, registry: Registry, everywhere: Shelf
):
    with fault_proxy(registry) as proxy:
        at_hand.allows(f"{replace(everywhere, host=proxy.host)} {KEY}")
        assert proxy.came(path="/referrers/|/manifests/sha256-")
        assert proxy.came(path=str(Digest.of(b"{}"))) == []


def test_who_is_not_trusted_is_not_believed_there_either(at_hand: Desk, model: Shelf):
    found = at_hand.denies(f"{model} --key stranger.pub")
    assert found.step == "signatures"
    assert set(found.rules) == {"AIV-SIGNATURE-BAD"}


def test_it_is_inspected_where_it_is_as_it_is_here(at_hand: Desk, model: Shelf):
    there = json.loads(at_hand.do(f"inspect {model} --format json"))
    here = json.loads(at_hand.do("inspect llama.tar --format json"))
    differing = {name for name in here if here[name] != there.get(name)}
    assert differing <= {"target", "form", "checked"}
    assert there["target"] == model.ref


def test_an_sbom_is_the_same_from_there_and_from_here(at_hand: Desk, model: Shelf):
    for words in ("", "--name other --version 7"):
        there, here = (
            at_hand.do(f"sbom {target} {words}", SOURCE_DATE_EPOCH="1700000000")
            for target in (model, "llama.tar")
        )
        assert steady(there) == steady(here)


def steady(document: str) -> Any:
    """An SBOM without what is each time anew."""
    value = json.loads(document)
    for name in ("serialNumber", "documentNamespace"):
        value.pop(name, None)
    return value


# Pull.


def test_it_is_pulled_as_a_directory_that_verifies(at_hand: Desk, everywhere: Shelf):
    done = at_hand.call(f"pull {everywhere} -o out {KEY}")
    assert done.exit_code == 0, done
    assert facts(done)["signers"] == "release.pub"
    assert listing(at_hand / "out") == listing(at_hand / "llama") | {
        "model.sig": (at_hand / "out" / "model.sig").read_bytes()
    }
    at_hand.allows(f"out {KEY}")
    assert leftovers(at_hand) == []


def leftovers(desk: Desk) -> list[str]:
    """What of a pull or push lies around."""
    hidden = [path.name for path in desk.place.glob(".*")]
    return hidden + [path.name for path in desk.place.glob("state/aiverify/uploads/*")]


def test_model_signing_verifies_what_was_pulled(at_hand: Desk, model: Shelf):
    at_hand.do(f"pull {model} -o out {KEY}")
    words = "verify key out --public_key release.pub --signature out/model.sig"
    done = model_signing(*words.split(), cwd=at_hand.place)
    assert (done.exit_code, done.out) == (0, "Verification succeeded\n"), done.err


@pytest.mark.parametrize(("out", "words"), [("out.tar", ""), ("out", "--layout")])
def test_it_is_pulled_as_a_bundle_that_verifies(
    at_hand: Desk, everywhere: Shelf, out: str, words: str
):
    at_hand.do(f"pull {everywhere} -o {out} {words} {KEY}")
    found = at_hand.allows(f"{out} {KEY}")
    assert found.report["artifact"] == at_hand.allows(f"{everywhere} {KEY}").report["artifact"]
    assert manifest_of(at_hand, everywhere) in at_hand.do(f"inspect {out}")
    assert leftovers(at_hand) == []
    if out.endswith(".tar"):
        assert (at_hand / out).stat().st_mode & 0o777 == 0o644
    else:
        assert (at_hand / out).stat().st_mode & 0o077 == (at_hand / "llama").stat().st_mode & 0o077


def test_what_was_pulled_can_be_pushed_and_is_the_same(at_hand: Desk, model: Shelf, shelf: Shelf):
    at_hand.do(f"pull {model} -o back.tar {KEY}")
    pushed = facts(at_hand.call(f"push back.tar {shelf}"))
    assert pushed["manifest"] == manifest_of(at_hand, model)
    assert at_hand.allows(f"{shelf} {KEY}").rules == []


def test_what_nobody_trusted_signed_is_not_fetched(at_hand: Desk, plain: Registry, model: Shelf):
    files = at_hand.allows(f"llama.tar {KEY}").report["artifact"]["files"]
    before = listing(at_hand.place)
    with fault_proxy(plain) as proxy:
        done = at_hand.call(f"pull {replace(model, host=proxy.host)} -o out --key stranger.pub")
        assert (done.exit_code, "\ndeny  " in done.out) == (10, True), done
        for file in files:
            assert proxy.came(path=file["digest"]) == []
    assert listing(at_hand.place) == before


def test_what_nobody_vouches_for_is_pulled_where_somebody_says_so(at_hand: Desk, model: Shelf):
    done = at_hand.call(f"pull {model} -o out --unverified")
    assert facts(done)["signers"] == "not looked at, as you asked"
    refused_here(at_hand, f"pull {model} -o new", 2, "nobody is trusted")
    for words in (KEY, PROFILE, "--require custom", "--policy aiverify:signer_count", "--offline"):
        refused_here(at_hand, f"pull {model} -o new --unverified {words}", 2, "--unverified")


def test_a_pull_shows_its_report_in_json(at_hand: Desk, model: Shelf):
    report = json.loads(at_hand.do(f"pull {model} -o out {PROFILE} --format json"))
    assert (report["verdict"], report["target"]) == ("allow", model.ref)
    assert len(report["artifact"]["files"]) == FILES


def test_what_a_profile_denies_gets_no_name(at_hand: Desk, model: Shelf):
    strict(at_hand, require={"attestations": ["vulns"]})
    before = listing(at_hand.place)
    done = at_hand.call(f"pull {model} -o out --profile strict.yaml --format json")
    assert done.exit_code == 10
    assert json.loads(done.out)["verdict"] == "deny"
    assert listing(at_hand.place) == before


def strict(desk: Desk, *signers: str, **more: Any) -> None:
    """A profile in `strict.yaml` that trusts `release`, or others."""
    names = signers or ("release",)
    trust = {
        "signers": [{"name": name, "keys": [f"{name}.pub"]} for name in names],
        **more.pop("trust", {}),
    }
    desk.profile(trust, name="strict.yaml", **more)


# Copy.


def test_a_copy_within_a_registry_sends_nothing_where_it_can_mount(
    at_hand: Desk, kind: str, registry: Registry, everywhere: Shelf, fresh: Shelf
):
    with fault_proxy(registry) as proxy:
        source, to = (replace(one, host=proxy.host) for one in (everywhere, fresh))
        done = facts(at_hand.call(f"copy {source.ref} {to}"))
        if kind == "zot":  # which mounts nothing while it keeps each repository's blobs apart
            assert done["of them"] == f"{BLOBS} sent"
        else:
            assert done["of them"] == f"{BLOBS} mounted from another repository"
            assert all(one.received == 0 for one in proxy.came(path="/blobs/"))
            # The small ones were read to know what there is.
            assert sum(one.sent for one in proxy.came("GET", "/blobs/sha256")) < 50_000
    assert at_hand.allows(f"{fresh} {KEY}").rules == []


def test_a_copy_to_another_registry_and_back_keeps_nothing_here(
    at_hand: Desk, everywhere: Shelf, fresh: Shelf, shelf: Shelf
):
    before = listing(at_hand.place)
    for source, to in ((everywhere, shelf), (shelf, fresh)):
        done = facts(at_hand.call(f"copy {source.ref} {to}"))
        assert (done["of them"], done["attached"]) == (f"{BLOBS} sent", "5 manifests")
        assert at_hand.allows(f"{to} {KEY}").rules == []
        assert manifest_of(at_hand, to) == manifest_of(at_hand, source)
        again = facts(at_hand.call(f"copy {source.ref} {to}"))
        assert again["of them"] == f"{BLOBS} there already"
    assert listing(at_hand.place) == before


# What is put there later.


def test_what_is_attested_and_signed_there_counts_there(at_hand: Desk, fresh: Shelf):
    at_hand.do(f"push llama.tar {fresh}")
    (at_hand / "p.json").write_text("{}")
    assert at_hand.denies(f"{fresh} {KEY} --require custom").rules == ["AIV-ATTESTATION-NONE"]
    at_hand.do(f"attest {fresh} --type custom --predicate p.json --key release.key")
    at_hand.allows(f"{fresh} {KEY} --require custom")

    strict(at_hand, "release", "second", trust={"threshold": 2}, contents={"unread": "warn"})
    found = at_hand.denies(f"{fresh} --profile strict.yaml")
    assert found.rules == ["AIV-SIGNATURE-THRESHOLD"]
    at_hand.do(f"sign {fresh} --key second.key")
    found = at_hand.allows(f"{fresh} --profile strict.yaml")
    assert {item["signer"] for item in found.signatures} == {"release", "second"}

    at_hand.do(f"pull {fresh} -o out.tar --profile strict.yaml --require custom")
    at_hand.allows("out.tar --profile strict.yaml --require custom")


def test_a_signature_there_says_what_one_here_says(at_hand: Desk, shelf: Shelf):
    at_hand.do(f"push llama.tar {shelf}")
    at_hand.do(f"sign {shelf} --key second.key -o there.sig")
    at_hand.do("sign llama --key second.key --ignore model.sig -o here.sig")
    at_hand.allows("llama --key second.pub --signature there.sig --ignore model.sig")
    found = at_hand.allows(f"{shelf} --key second.pub --signature here.sig --key release.pub")
    assert {item["signer"] for item in found.signatures} >= {"second.pub"}


@pytest.mark.parametrize("words", ["--hash blake3", "--shard-size 64"])
def test_what_a_registry_does_not_know_is_not_signed_there(at_hand: Desk, shelf: Shelf, words: str):
    at_hand.do(f"push llama.tar {shelf}")
    refused_here(at_hand, f"sign {shelf} --key second.key {words}", 2, "SHA-256")


def test_a_signature_in_another_way_does_not_count_there_and_counts_once_it_is_here(
    at_hand: Desk, shelf: Shelf
):
    at_hand.do("bundle model llama -o new.tar")
    at_hand.do("sign new.tar --key second.key --hash blake3")
    at_hand.do(f"push new.tar {shelf}")
    found = at_hand.denies(f"{shelf} --key second.pub")
    assert "a registry knows no others" in found.told
    done = at_hand.call(f"pull {shelf} -o out --key second.pub")
    assert done.exit_code == 0, done


def test_the_sbom_of_something_else_is_not_attested_there(at_hand: Desk, shelf: Shelf):
    at_hand.do(f"push llama.tar {shelf}")
    at_hand.do("sbom llama-lora -o lora.cdx.json")
    at_hand.do(f"sbom {shelf} -o llama.cdx.json")
    words = f"attest {shelf} --type sbom --key release.key --predicate"
    refused_here(at_hand, f"{words} lora.cdx.json", 10, "the SBOM is not about these files")
    at_hand.do(f"sign {shelf} --key second.key")
    at_hand.do(f"attest {shelf} --type sbom --key second.key --predicate llama.cdx.json")
    assert "AIV-SBOM-UNATTESTED" not in at_hand.allows(f"{shelf} --key second.pub").rules


# Units, adapters, parts.


def unit(desk: Desk) -> Desk:
    """The desk, with a signed unit in `unit.tar`."""
    desk.do("bundle model llama --adapter llama-lora -o unit.tar --name chat --version 3")
    desk.do("sign unit.tar --key release.key")
    return desk


def test_a_unit_goes_there_and_back(at_hand: Desk, fresh: Shelf):
    here = unit(at_hand).allows(f"unit.tar {KEY}").report
    at_hand.do(f"push unit.tar {fresh}")
    there = at_hand.allows(f"{fresh} {KEY}")
    assert there.report["artifact"] == here["artifact"]
    assert there.rules == []
    at_hand.do(f"pull {fresh} -o unit {KEY}")
    at_hand.allows(f"unit {KEY}")
    names = {item["name"] for item in here["artifact"]["files"]}
    pulled = {path.relative_to(at_hand / "unit").as_posix() for path in files(at_hand / "unit")}
    assert pulled == names | {"model.sig"}


def test_a_unit_is_copied_whole_and_pulled_as_a_bundle(at_hand: Desk, shelf: Shelf):
    to = shelf.at(f"{shelf.repository}-copy:1")
    unit(at_hand).do(f"push unit.tar {shelf}")
    at_hand.do(f"copy {shelf.ref} {to}")
    for out, words in (("back.tar", ""), ("back", "--layout")):
        at_hand.do(f"pull {to} -o {out} {words} {KEY}")
        assert at_hand.allows(f"{out} {KEY}").rules == []
    at_hand.do(f"pull {to} -o files {KEY}")
    words = "verify key files --public_key release.pub --signature files/model.sig"
    assert model_signing(*words.split(), cwd=at_hand.place).exit_code == 0


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_an_adapter_is_held_against_its_base_wherever_that_is(at_hand: Desk, shelf: Shelf):
    base = shelf.at(f"{shelf.repository}-base:1")
    at_hand.do(f"push lora.tar {shelf}")
    at_hand.do(f"push llama.tar {base}")
    for target in (str(shelf), "lora.tar --plain-http"):
        for named in (base.ref, "llama", "llama.tar"):
            found = at_hand.allows(f"{target} {KEY} --base {named}")
            assert found.report["base"]["fits"] is True
    at_hand.do(f"pull {shelf} -o out {KEY} --base {base.ref}")
    assert "pairs fit" in at_hand.do(f"inspect {shelf} --base {base.ref}")


def test_another_base_is_denied_wherever_it_is(at_hand: Desk, story: Story, shelf: Shelf):
    story.copy(story.model, at_hand / "other")
    config = at_hand / "other" / "config.json"
    config.write_text(config.read_text().replace('"vocab_size": 256', '"vocab_size": 257'))
    at_hand.do("bundle model other -o other.tar")
    base = shelf.at(f"{shelf.repository}-base:1")
    at_hand.do(f"push lora.tar {shelf}")
    at_hand.do(f"push other.tar {base}")
    here = at_hand.denies(f"lora.tar {KEY} --base other.tar")
    there = at_hand.denies(f"{shelf} {KEY} --base {base.ref}")
    assert there.rules == here.rules
    assert there.rules


def test_one_file_is_verified_where_it_is(at_hand: Desk, model: Shelf):
    found = at_hand.allows(f"{model} {KEY} --only config.json --only tokenizer.json")
    assert found.report["only"] == ["config.json", "tokenizer.json"]
    names = [item["name"] for item in found.report["artifact"]["files"]]
    assert names == ["config.json", "tokenizer.json"]
    assert found.rules == at_hand.allows(f"llama.tar {KEY} --only config.json").rules
    refused = at_hand.call(f"verify {model} {KEY} --only nothing.json")
    assert_refused(refused, 3, model.ref, "nothing.json")


def test_ignoring_leaves_out_no_file_of_a_bundle_here_nor_there(at_hand: Desk, model: Shelf):
    there, here = (
        at_hand.allows(f"{target} {KEY} --ignore config.json") for target in (model, "llama.tar")
    )
    assert there.report["artifact"] == here.report["artifact"]


# What profiles and policies see.


def test_every_quorum_by_kind_is_needed_of_what_stays_there(at_hand: Desk, shelf: Shelf):
    at_hand.do(f"push llama.tar {shelf}")
    two = {"threshold": 2, "signers": ["release", "second"]}
    strict(at_hand, "release", "second", trust={"kinds": {"adapter": two}})
    at_hand.allows("llama.tar --profile strict.yaml")
    found = at_hand.denies(f"{shelf} --profile strict.yaml")
    assert found.rules == ["AIV-SIGNATURE-THRESHOLD"]
    at_hand.do(f"pull {shelf} -o out --profile strict.yaml")


def test_the_kind_decides_who_must_sign_an_adapter(at_hand: Desk, shelf: Shelf):
    at_hand.do(f"push lora.tar {shelf}")
    by_second = {"threshold": 1, "signers": ["second"]}
    strict(
        at_hand,
        *("release", "second"),
        trust={"kinds": {"adapter": by_second}},
        contents={"unread": "warn"},
    )
    assert at_hand.denies(f"{shelf} --profile strict.yaml").step == "signatures"
    done = at_hand.call(f"pull {shelf} -o out --profile strict.yaml --format json")
    assert done.exit_code == 10
    assert not (at_hand / "out").exists()
    at_hand.do(f"sign {shelf} --key second.key")
    at_hand.allows(f"{shelf} --profile strict.yaml")


def test_contents_that_nobody_trusted_attests_are_denied_by_a_profile(at_hand: Desk, shelf: Shelf):
    at_hand.do("bundle model llama -o new.tar")
    at_hand.do(f"push new.tar {shelf}")
    at_hand.do(f"sign {shelf} --key release.key")
    found = at_hand.allows(f"{shelf} {KEY}")
    assert "AIV-CONTENT-UNFETCHED" in found.rules
    strict(at_hand)
    found = at_hand.denies(f"{shelf} --profile strict.yaml")
    assert (found.step, found.rules[-1]) == ("contents", "AIV-CONTENT-UNFETCHED")
    strict(at_hand, contents={"unread": "warn"})
    at_hand.allows(f"{shelf} --profile strict.yaml")
    assert at_hand.denies(f"{shelf} {KEY} --require contents").rules[-1] == "AIV-ATTESTATION-NONE"
    strict(at_hand)
    at_hand.do(f"pull {shelf} -o out --profile strict.yaml")


def test_old_contents_do_not_do_where_fresh_ones_are_required(at_hand: Desk, shelf: Shelf):
    at_hand.do(f"push llama.tar {shelf}")  # signed years ago
    fresh = {"attestations": [{"type": "contents", "max_age": "1d"}]}
    strict(at_hand, require=fresh)
    assert at_hand.denies(f"{shelf} --profile strict.yaml").rules == ["AIV-ATTESTATION-NONE"]
    at_hand.do("sign llama.tar --key release.key")
    at_hand.do(f"push llama.tar {shelf}")
    at_hand.allows(f"{shelf} --profile strict.yaml")


def test_a_policy_denies_a_pickle_whose_bytes_stay_there(
    at_hand: Desk, plain: Registry, shelf: Shelf
):
    at_hand.model("pickled", {**MODEL, "pytorch_model.bin": torch_zip()})
    at_hand.do("bundle model pickled -o pickled.tar")
    at_hand.do("sign pickled.tar --key release.key")
    at_hand.do(f"push pickled.tar {shelf}")
    policy = "--policy aiverify:no_pickled_weights"
    with fault_proxy(plain) as proxy:
        there = at_hand.denies(f"{replace(shelf, host=proxy.host)} {KEY} {policy}")
        assert not [one for one in proxy.came("GET", "/blobs/") if one.sent > 60_000]
    here = at_hand.denies(f"pickled.tar {KEY} {policy}")
    assert there.step == "policy"
    assert (there.rules, there.files, there.told) == (here.rules, here.files, here.told)
    at_hand.allows(f"{shelf} {KEY}")


def test_a_summary_of_what_stays_there_stands_for_it(at_hand: Desk, model: Shelf):
    summaries = {"signers": [{"name": "second", "keys": ["second.pub"]}]}
    strict(at_hand, summaries=summaries)
    words = "--profile strict.yaml --summary vsa.json --key second.key"
    found = at_hand.judge(f"{model} {words}")
    assert found.exit_code == 0, found.told
    digest = found.report["artifact"]["digest"]
    at_hand.allows(f"{digest} --profile strict.yaml --attestation vsa.json")


# Words.


def test_a_path_is_meant_before_a_reference_that_looks_like_it(at_hand: Desk, model: Shelf):
    place = at_hand.place / model.ref
    place.parent.mkdir(parents=True)
    (at_hand / "llama").rename(place)
    assert at_hand.judge(f"{model} {KEY} --ignore model.sig").report["target"] == model.ref
    form = json.loads(at_hand.do(f"inspect {model} --format json"))["form"]
    assert form == "directory"
    form = json.loads(at_hand.do(f"inspect oci://{model} --format json"))["form"]
    assert form == "registry"
    at_hand.do(f"pull {model} -o out {KEY}")
    assert at_hand.allows(f"oci://{model} {KEY}").report["target"] == model.ref


def test_quiet_says_nothing(at_hand: Desk, shelf: Shelf):
    copy = shelf.at(f"{shelf.repository}-copy")
    for line in (
        f"push llama.tar {shelf}",
        f"copy {shelf.ref} {copy}:1",
        f"verify {shelf} {KEY}",
        f"pull {shelf} -o out {KEY}",
        f"sign {shelf} --key second.key",
    ):
        done = at_hand.call(f"{line.replace(f'{copy}:1', str(copy.at(':1')))} --quiet")
        assert (done.exit_code, done.out, done.err) == (0, "", ""), done


def test_progress_comes_to_the_size_of_all_blobs_whatever_has_to_be_sent(
    at_hand: Desk, shelf: Shelf
):
    to = located(shelf)
    for way in (Uploaded.SENT, Uploaded.EXISTED):
        tally = Tally()
        done = push_bundle(at_hand / "llama.tar", to, tally)
        assert done.blobs == {way: BLOBS}
        assert tally.count == done.shipment.size
    tally = Tally()
    copy_artifact(to, located(shelf.at(f"{shelf.repository}-copy:1")), tally)
    assert tally.count == done.shipment.size
    tally = Tally()
    pull_artifact(PullRequest(to, at_hand / "out", None), tally)
    assert tally.count == done.shipment.size


def test_what_is_not_there_and_what_cannot_be_asked(at_hand: Desk, model: Shelf):
    nowhere = Shelf(f"127.0.0.1:{free_port()}")
    for line, exit_code, word in (
        (f"verify {model.at(':none')} {KEY}", 3, "does not exist"),
        (f"verify {model.at('no/thing:1')} {KEY}", 3, "does not exist"),
        (f"inspect {model.at('@sha256:' + 'ab' * 32)}", 3, "does not exist"),
        (f"pull {model.at(':none')} -o out {KEY}", 3, "does not exist"),
        (f"copy {model.at(':none').ref} {model.at('own/copy:1')}", 3, "does not exist"),
        (f"verify {nowhere} {KEY}", 11, "is out of reach"),
        (f"push llama.tar {nowhere}", 11, "is out of reach"),
        (f"pull {nowhere} -o out {KEY}", 11, "is out of reach"),
        (f"copy {model.ref} {nowhere}", 11, "is out of reach"),
        (f"verify {model.ref} {KEY}", 11, "does not speak TLS"),
        ("push llama.tar llama:1", 2, "does not begin with a registry's host"),
        (f"push llama.tar {model.host}/UPPER:1", 2, "no name of a repository"),
        (f"pull {model.ref}@sha256:ab -o out {KEY}", 2, "digest"),
        (f"verify registry.example/x:1 --plain-http {KEY}", 2, "in the clear"),
        ("copy a.example/x:1 b.example/x:1 --plain-http", 2, "neither is one"),
        (f"verify {model.ref} --ca-file none.pem {KEY}", 3, "none.pem"),
        (f"verify {model.ref} --ca-file aiverify.yaml {KEY}", 3, "holds no certificates"),
        (f"verify oci://{model.host} {KEY}", 2, "registry's host"),
    ):
        refused_here(at_hand, line, exit_code, word)


def test_no_result_takes_the_place_of_what_is_there(at_hand: Desk, model: Shelf):
    (at_hand / "file.tar").write_text("mine")
    (at_hand / "link").symlink_to("nowhere")
    for out in ("llama", "file.tar", "link", "llama.bundle --layout"):
        refused_here(at_hand, f"pull {model} -o {out} {KEY}", 1, out.split()[0])


# TLS, and who may come in.


@pytest.mark.parametrize("start", [docker_registry, zot])
def test_a_registry_is_known_by_the_roots_that_are_named(
    at_hand: Desk, start: Start, tmp_path_factory: pytest.TempPathFactory
):
    with start(tmp_path_factory.mktemp("tls"), tls=True) as registry:
        shelf = Shelf(registry.host, words=f"--ca-file {registry.ca}")
        at_hand.do(f"push llama.tar {shelf}")
        at_hand.allows(f"{shelf} {KEY}")
        at_hand.do(f"pull {shelf} -o out {KEY}")
        at_hand.do(f"copy {shelf.ref} {shelf.at('mirror/llama:1')}")
        for line in (f"verify {shelf.ref} {KEY}", f"push llama.tar {shelf.ref}"):
            done = at_hand.call(line)
            assert_refused(done, 11, "the certificate of", "is not trusted")
        done = at_hand.call(f"verify {shelf.ref} --plain-http {KEY}")
        assert done.exit_code in {10, 11}, done
        assert not done.out


@dataclass(frozen=True)
class Closed:
    """A registry that lets nobody in but its users."""

    registry: Registry
    tokens: TokenServer | None

    @property
    def shelf(self) -> Shelf:
        """A place in it."""
        words = f"--ca-file {self.registry.ca}" if self.registry.ca else "--plain-http"
        return Shelf(self.registry.host, words=words)


@pytest.fixture(scope="module", params=["docker-registry", "zot", "tokens"])
def closed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Closed]:
    """Each way of being let in. Bob may only read where there are tokens."""
    folder = tmp_path_factory.mktemp("closed")
    if request.param != "tokens":
        start = {"zot": zot, "docker-registry": docker_registry}[request.param]
        with start(folder, tls=True, users=[ALICE, BOB]) as registry:
            yield Closed(registry, None)
        return
    rights = {ALICE: EVERYTHING, BOB: frozenset({"pull"})}
    with (
        TokenServer(folder / "tokens", rights) as tokens,
        docker_registry(folder, token_auth=tokens) as registry,
    ):
        yield Closed(registry, tokens)


def known(desk: Desk, host: str, *users: Login, name: str = "docker") -> str:
    """Who a registry knows the desk as."""
    return str(docker_config(desk.place / name, host, users))


def test_who_has_a_password_comes_in_and_nobody_else(at_hand: Desk, closed: Closed):
    shelf, host = closed.shelf, closed.registry.host
    known(at_hand, host, ALICE)
    at_hand.do(f"push llama.tar {shelf}")
    at_hand.allows(f"{shelf} {KEY}")
    at_hand.do(f"pull {shelf} -o out {KEY}")
    at_hand.do(f"copy {shelf.ref} {shelf.at('mirror/llama:1')}")
    at_hand.do(f"sign {shelf} --key second.key")

    wrong = Login("alice", "not hers at all", ALICE.bcrypt)
    for users in ((), (wrong,)):
        known(at_hand, host, *users)
        for line in (
            f"push llama.tar {shelf}",
            f"verify {shelf} {KEY}",
            f"pull {shelf} -o new {KEY}",
            f"copy {shelf.ref} {shelf.at('mirror/llama:2')}",
        ):
            done = at_hand.call(line)
            assert_refused(done, 10, "refuses")
            assert "login" in done.err
            assert wrong.password not in done.err
            assert wrong.basic not in done.err


def test_a_file_for_podman_counts_before_dockers(at_hand: Desk, closed: Closed):
    host, shelf = closed.registry.host, closed.shelf.at("acme/podman:1")
    known(at_hand, host)
    other = Path(known(at_hand, host, ALICE, name="podman")) / "config.json"
    at_hand.do(f"push llama.tar {shelf}", REGISTRY_AUTH_FILE=str(other))
    assert_refused(at_hand.call(f"push llama.tar {shelf}"), 10, "refuses")


def test_who_may_only_read_cannot_write(at_hand: Desk, closed: Closed):
    if closed.tokens is None:
        pytest.skip("there, whoever has a password may do everything")
    shelf = closed.shelf.at("acme/read:1")
    known(at_hand, closed.registry.host, ALICE)
    at_hand.do(f"push llama.tar {shelf}")
    known(at_hand, closed.registry.host, BOB)
    at_hand.allows(f"{shelf} {KEY}")
    at_hand.do(f"pull {shelf} -o out {KEY}")
    for line in (f"push lora.tar {shelf}", f"sign {shelf} --key second.key"):
        assert_refused(at_hand.call(line), 10, "refuses")
    assert at_hand.allows(f"{shelf} {KEY}").report["artifact"]["name"] == "llama-demo"
