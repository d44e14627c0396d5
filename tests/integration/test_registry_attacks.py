"""Whoever owns a registry, or may push to a repository, would have others believe things."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from aiverify.core import mediatypes
from aiverify.core.digest import Digest
from aiverify.core.recorded import record
from aiverify.files import tar
from aiverify.files.tree import list_tree
from aiverify.formats.look import look_at_all
from aiverify.signing import oms, statement
from aiverify.signing.keys import PrivateKey
from aiverify.signing.predicates import CONTENTS, CYCLONEDX, MANIFEST_SIGNED
from aiverify.signing.statement import Statement, Subject
from aiverify.verify import ranges
from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.commands import assert_refused, listing
from tests.support.desk import Desk, Judged
from tests.support.pickle_files import attack, short
from tests.support.registry_stage import Liar, Shelf, hurried, registry_desk
from tests.support.signatures import key, sign
from tests.support.small_registry import NEVER, Fault, Out, digest_of, running
from tests.support.story import Story
from tests.support.verifying import root_of, sign_with, signature_of, unsigned_bundle
from tests.support.weights import safetensors_bytes

ALICE, MALLORY = key("p256", "alice"), key("p256", "mallory")
KEY = "--key alice.pub"
STRICT = "--profile aiverify.yaml"
UNSIGNED = "--unverified"
BAD, MISUSED, NONE, TOO_FEW = (
    f"AIV-SIGNATURE-{name}" for name in ("BAD", "MISUSED", "NONE", "THRESHOLD")
)
BAD_ATTESTATION = "AIV-ATTESTATION-BAD"
UNFETCHED = "AIV-CONTENT-UNFETCHED"
CHANGED, EXTRA = "AIV-INTEGRITY-CHANGED", "AIV-INTEGRITY-EXTRA"
ZEROS = f"sha256:{'0' * 64}"


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in `model`, and its signed bundle in `bundle`. Only to be read."""
    place = tmp_path_factory.mktemp("goods")
    write_tree(place / "model")
    sign_with(ALICE, unsigned_bundle(place / "model", place / "bundle"))
    return place


@pytest.fixture
def liar(goods: Path) -> Iterator[Liar]:
    """A registry that has the bundle, and is the attacker's."""
    with running() as registry:
        found = Liar(registry)
        found.put(goods / "bundle")
        yield found


@pytest.fixture
def at_hand(tmp_path: Path) -> Desk:
    """A desk with keys, and a profile by which unread files are denied."""
    desk = registry_desk(tmp_path)
    for owner in ("alice", "bob", "mallory"):
        desk.key(owner)
    desk.profile({"signers": [{"name": "alice", "keys": ["alice.pub"]}]})
    return desk


def refused(desk: Desk, shelf: Shelf | str, exit_code: int, *words: str) -> None:
    """Neither verify nor pull takes it, and nothing is written, whoever vouches for it."""
    before = listing(desk.place)
    for line in (
        f"verify {shelf} {KEY}",
        f"pull {shelf} -o out {KEY}",
        f"pull {shelf} -o out {UNSIGNED}",
        f"inspect {shelf}",
    ):
        assert_refused(desk.call(line), exit_code, *words)
        assert listing(desk.place) == before


def denied(desk: Desk, liar: Liar, trust: str = KEY) -> Judged:
    """Verify denies it, and so does pull, which leaves nothing."""
    found = desk.denies(f"{liar.shelf} {trust}")
    before = listing(desk.place)
    done = desk.call(f"pull {liar.shelf} -o out {trust}")
    assert done.exit_code == 10, done
    assert listing(desk.place) == before
    return found


def allowed(desk: Desk, liar: Liar, goods: Path, trust: str = KEY) -> Judged:
    """Verify allows it, and what pull writes is what was signed."""
    found = desk.allows(f"{liar.shelf} {trust}")
    desk.do(f"pull {liar.shelf} -o out {trust}")
    assert root_of(desk / "out") == root_of(goods / "model")
    shutil.rmtree(desk / "out")
    return found


def change_layer(liar: Liar, change: Callable[[dict[str, Any]], object], name: str) -> None:
    """Alter the descriptor of a file."""

    def alter(manifest: dict[str, Any]) -> None:
        [layer] = [it for it in manifest["layers"] if name in it["annotations"].values()]
        change(layer)

    retarget(liar, alter)


def retarget(liar: Liar, change: Callable[[dict[str, Any]], object]) -> None:
    """Alter the manifest, and have all that spoke of it speak of what it is now."""
    speaking = liar.referrers().values()
    liar.change(change)
    for manifest in speaking:
        liar.manifest({**manifest, "subject": liar.described()})


def says(
    kind: str, predicate: Mapping[str, Any], root: Digest, *also: Subject, by: PrivateKey = ALICE
) -> bytes:
    """What somebody attests of an artifact."""
    return sign(statement.attesting(kind, predicate, "tiny", root, *also), by).to_bytes()


def contents(goods: Path, **members: Any) -> dict[str, Any]:
    """What is in the model, as `aiverify sign` attests it."""
    files = record(look_at_all(list_tree(goods / "model").members))
    return {"scanner": {"name": "x", "version": "1"}, "time": "2026-01-01T00:00:00Z"} | {
        "files": {**files, **members}
    }


def only_contents(liar: Liar, data: bytes) -> None:
    """Replace the attested contents."""
    liar.drop(liar.of_type(CONTENTS)[0])
    liar.attach(data, CONTENTS)


# Manifests and bytes.


@pytest.mark.parametrize(
    "line",
    [
        f"verify {{}} {KEY}",
        f"pull {{}} -o out {KEY}",
        "pull {} -o out --unverified",
        "inspect {}",
        "sbom {}",
        "sign {} --key alice.key",
        "copy {} 127.0.0.1:1/x/y:1",
    ],
)
def test_another_manifest_than_the_digest_names_is_refused(at_hand: Desk, liar: Liar, line: str):
    named = liar.digest()
    liar.registry.manifests[liar.name, named] = liar.registry.manifests[
        liar.name, liar.of_type(mediatypes.SBOM)[0]
    ]
    before = listing(at_hand.place)
    done = at_hand.call(line.format(liar.shelf.at(f"@{named}").ref), "--plain-http")
    assert_refused(done, 10, named)
    assert listing(at_hand.place) == before


def test_a_manifest_with_a_space_more_is_another(at_hand: Desk, liar: Liar):
    named = liar.digest()
    kind, data = liar.registry.manifests[liar.name, named]
    liar.registry.manifests[liar.name, named] = (kind, data + b" ")
    refused(at_hand, liar.shelf.at(f"@{named}"), 10, named)


@pytest.mark.parametrize("name", MODEL)
def test_a_file_of_the_same_size_in_the_place_of_another_is_denied(
    at_hand: Desk, liar: Liar, name: str
):
    other = bytearray(MODEL[name])
    other[-1] ^= 1
    change_layer(liar, lambda layer: layer.update(liar.blob(bytes(other))), name)
    found = denied(at_hand, liar)
    assert (found.step, found.rules, found.files) == ("integrity", [CHANGED], {name})


def test_other_bytes_under_a_files_own_digest_are_not_pulled(at_hand: Desk, liar: Liar):
    digest = digest_of(MODEL["model.safetensors"])
    other = bytearray(MODEL["model.safetensors"])
    other[-1] ^= 1
    liar.registry.blobs[liar.name, digest] = bytes(other)
    at_hand.allows(f"{liar.shelf} {STRICT}")  # nobody looks at the bytes
    before = listing(at_hand.place)
    for trust in (KEY, UNSIGNED):
        assert_refused(at_hand.call(f"pull {liar.shelf} -o out {trust}"), 10, digest)
        assert not (at_hand / "out").exists()
    kept = {name for name in listing(at_hand.place) if name not in before}
    assert not any(digest[7:] in name for name in kept)


@pytest.mark.parametrize("change", ["shorter", "longer", "none"])
def test_a_file_of_another_size_than_its_descriptor_says_is_not_pulled(
    at_hand: Desk, liar: Liar, change: str
):
    size = len(MODEL["config.json"])
    lie = {"shorter": size - 1, "longer": size + 1, "none": 0}[change]
    change_layer(liar, lambda layer: layer.update(size=lie), "config.json")
    found = at_hand.judge(f"{liar.shelf} {STRICT}")
    assert found.exit_code == 10, found.report
    done = at_hand.call(f"pull {liar.shelf} -o out {UNSIGNED}")
    assert done.exit_code in {3, 10}, done
    assert not (at_hand / "out").exists()


def test_a_file_more_a_file_less_and_a_file_of_another_name_are_denied(at_hand: Desk, liar: Liar):
    more = {
        "mediaType": mediatypes.COMPONENT_FILE,
        **liar.blob(b"import os"),
        "annotations": {mediatypes.FILEPATH: "modeling.py"},
    }
    retarget(liar, lambda manifest: manifest["layers"].append(more))
    found = denied(at_hand, liar)
    assert (found.rules, found.files) == ([EXTRA], {"modeling.py"})
    retarget(liar, lambda manifest: manifest["layers"].pop())
    at_hand.allows(f"{liar.shelf} {KEY}")
    retarget(liar, lambda manifest: manifest["layers"].pop())
    assert denied(at_hand, liar).rules == ["AIV-INTEGRITY-MISSING"]


@pytest.mark.parametrize(
    "inside", [{}, {"config.json": b"{}"}, {"modeling.py": b"import os"}], ids=range(3)
)
def test_a_signed_archive_that_is_said_to_be_unpacked_is_denied(
    at_hand: Desk, tmp_path: Path, inside: Files
):
    """The file that was signed is an archive; by its new type, what is in it are the files."""
    tree = write_tree(tmp_path / "tree", {**MODEL, "data.tar": tar_of(inside)})
    sign_with(ALICE, unsigned_bundle(tree, tmp_path / "bundle"))
    with running() as registry:
        liar = Liar(registry)
        liar.put(tmp_path / "bundle")
        at_hand.allows(f"{liar.shelf} {KEY}")

        def retype(layer: dict[str, Any]) -> None:
            layer["mediaType"] = "application/vnd.cncf.model.weight.v1.tar"
            layer["annotations"] = {mediatypes.FILEPATH: "data"}

        change_layer(liar, retype, "data.tar")
        for kind in (CONTENTS, CYCLONEDX, mediatypes.SBOM):  # which would tell
            liar.drop(liar.of_type(kind)[0])
        done = at_hand.call(f"pull {liar.shelf} -o out {KEY}")
        assert done.exit_code in {3, 10}, done
        assert not (at_hand / "out").exists()
        assert at_hand.call(f"verify {liar.shelf} {KEY}").exit_code in {3, 10}


def tar_of(files: Files) -> bytes:
    """An archive of files."""
    out = io.BytesIO()
    for name, data in files.items():
        tar.add(out, name, data)
    return out.getvalue() + tar.END


# What is attached.


def listed(liar: Liar, *entries: Mapping[str, Any]) -> None:
    """Have the registry list what it likes among the referrers."""

    def change(out: Out) -> None:
        value = {"schemaVersion": 2, "mediaType": mediatypes.OCI_INDEX, "manifests": [*entries]}
        out.body = json.dumps(value).encode()

    liar.registry.faults.append(Fault("GET .*/referrers/", NEVER, change=change))


def detach(liar: Liar) -> None:
    """Take all that speaks of the artifact away."""
    for digest in liar.referrers():
        liar.drop(digest)


def test_what_is_listed_and_speaks_of_another_manifest_is_ignored(at_hand: Desk, liar: Liar):
    _, signature = liar.of_type(oms.PREDICATE)
    detach(liar)
    moved = liar.manifest({**signature, "subject": {**liar.described(), "digest": ZEROS}})
    none = liar.manifest({name: signature[name] for name in signature if name != "subject"})
    listed(liar, liar.described(moved), liar.described(none))
    assert denied(at_hand, liar).rules == [NONE]


def test_what_a_list_says_of_a_manifest_is_not_believed(at_hand: Desk, liar: Liar, goods: Path):
    lies = {"artifactType": "application/vnd.example", "annotations": {"a": "b"}}
    listed(liar, *({**liar.described(one), **lies} for one in liar.referrers()))
    assert allowed(at_hand, liar, goods, STRICT).rules == []


def test_a_list_of_what_is_not_there_keeps_nobody_from_verifying(
    at_hand: Desk, liar: Liar, goods: Path
):
    gone = {"mediaType": mediatypes.OCI_MANIFEST, "digest": ZEROS, "size": 7}
    broken = [{}, {"digest": "sha256:x"}, 7, None, {**gone, "size": -1}, {**gone, "mediaType": 1}]
    listed(liar, gone, *broken, *(liar.described(one) for one in liar.referrers()))
    allowed(at_hand, liar, goods)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'{"manifests": {}}', b'{"manifests": ' + b"[" * 100_000]
)
def test_a_list_that_is_none_is_no_list(at_hand: Desk, liar: Liar, body: bytes):
    liar.registry.faults.append(
        Fault("GET .*/referrers/", NEVER, change=lambda out: setattr(out, "body", body))
    )
    done = at_hand.call(f"verify {liar.shelf} {KEY}")
    assert done.exit_code in {3, 10, 11}, done
    assert "Traceback" not in done.err


def test_a_signature_of_another_artifact_is_denied_and_beside_a_good_one_ignored(
    at_hand: Desk, liar: Liar, goods: Path, tmp_path: Path
):
    other = signature_of(write_tree(tmp_path / "b", {"x": b"x"}), tmp_path / "b.sig", by=ALICE)
    liar.attach(other.read_bytes(), oms.PREDICATE)
    found = allowed(at_hand, liar, goods)
    assert found.rules == [BAD]
    assert "speaks of other files" in found.told
    detach(liar)
    liar.attach(other.read_bytes(), oms.PREDICATE)
    found = denied(at_hand, liar)
    assert (found.step, found.rules) == ("integrity", [MISUSED])


def test_fifty_signatures_of_a_stranger_change_nothing(at_hand: Desk, liar: Liar, goods: Path):
    for at in range(50):
        made = signature_of(goods / "model", at_hand / f"{at}.sig", by=MALLORY).read_bytes()
        liar.attach(made + b" " * at, oms.PREDICATE)
    found = allowed(at_hand, liar, goods)
    assert found.rules == [BAD] * 50
    assert {item["severity"] for item in found.findings} == {"warning"}
    detach(liar)
    for at in range(5):
        made = signature_of(goods / "model", at_hand / f"{at}.sig", by=MALLORY).read_bytes()
        liar.attach(made + b" " * at, oms.PREDICATE)
    assert set(denied(at_hand, liar).rules) == {BAD}


def test_one_signer_who_signs_often_is_one(at_hand: Desk, liar: Liar, goods: Path):
    made = signature_of(goods / "model", at_hand / "a.sig", by=ALICE).read_bytes()
    for at in range(3):
        liar.attach(made + b" " * at, oms.PREDICATE)
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    at_hand.profile({"signers": signers, "threshold": 2})
    assert denied(at_hand, liar, STRICT).rules == [TOO_FEW]


def test_more_than_a_thousand_referrers_are_refused(at_hand: Desk, liar: Liar):
    entry = liar.described(liar.of_type(oms.PREDICATE)[0])
    many = ({**entry, "digest": f"sha256:{at:064x}"} for at in range(1001))
    listed(liar, *many)
    for line in (f"verify {liar.shelf} {KEY}", f"pull {liar.shelf} -o out {KEY}"):
        assert_refused(at_hand.call(line), 11, "more than 1,000 referrers")


def test_lists_without_end_are_refused(at_hand: Desk, liar: Liar):
    liar.registry.page = 1
    path = f"/v2/{liar.name}/referrers/{liar.digest()}?at=0"
    liar.registry.faults.append(
        Fault(
            "GET .*/referrers/",
            NEVER,
            change=lambda out: out.headers.update(Link=f'<{path}>; rel="next"'),
        )
    )
    done = at_hand.call(f"verify {liar.shelf} {KEY}")
    assert done.exit_code in {0, 11}, done
    assert liar.registry.count("GET .*/referrers/") <= 12


JUNK: dict[str, Callable[[Liar], object]] = {
    "no bytes": lambda it: it.attach(b"", oms.PREDICATE),
    "no JSON": lambda it: it.attach(b"{", oms.PREDICATE),
    "no bundle": lambda it: it.attach(b"{}", oms.PREDICATE),
    "no UTF-8": lambda it: it.attach(b"\xff\xfe", oms.PREDICATE),
    "deep JSON": lambda it: it.attach(b"[" * 200_000, oms.PREDICATE),
    "a lot": lambda it: it.attach(b" " * (9 << 20), oms.PREDICATE),
    "an SBOM that is none": lambda it: it.attach(b"{", artifact_type=mediatypes.SBOM),
    "two layers": lambda it: it.attach(
        b"a", oms.PREDICATE, layers=[{"mediaType": mediatypes.SIGNATURE, **it.blob(b"a")}] * 2
    ),
    "no layers": lambda it: it.attach(b"a", oms.PREDICATE, layers=[]),
    "a layer that is not there": lambda it: it.attach(
        b"a",
        oms.PREDICATE,
        layers=[{"mediaType": mediatypes.SIGNATURE, "digest": ZEROS, "size": 3}],
    ),
    "a layer of another size": lambda it: it.attach(
        b"a",
        oms.PREDICATE,
        layers=[{"mediaType": mediatypes.SIGNATURE, **it.blob(b"abc"), "size": 2}],
    ),
    "a layer that is said to be huge": lambda it: it.attach(
        b"a",
        oms.PREDICATE,
        layers=[{"mediaType": mediatypes.SIGNATURE, "digest": ZEROS, "size": 1 << 50}],
    ),
    "a config that is not there": lambda it: it.attach(
        b"a",
        oms.PREDICATE,
        config={"mediaType": mediatypes.OCI_EMPTY, "digest": ZEROS, "size": 2},
    ),
    "a type and many layers": lambda it: it.attach(
        b"a",
        artifact_type="application/vnd.example.scan",
        layers=[{"mediaType": "text/plain", **it.blob(bytes([at]))} for at in range(5)],
    ),
    "a type and a missing layer": lambda it: it.attach(
        b"a",
        artifact_type="application/vnd.example.scan",
        layers=[{"mediaType": "text/plain", "digest": ZEROS, "size": 3}],
    ),
    "a manifest of no version": lambda it: it.attach(b"a", oms.PREDICATE, schemaVersion=1),
    "layers that are none": lambda it: it.attach(b"a", oms.PREDICATE, layers="none"),
    "an index that speaks of it": lambda it: it.manifest(
        {
            "schemaVersion": 2,
            "mediaType": mediatypes.OCI_INDEX,
            "manifests": [{"mediaType": mediatypes.OCI_MANIFEST, "digest": ZEROS, "size": 3}],
            "subject": it.described(),
        }
    ),
}


@pytest.mark.parametrize("case", JUNK)
def test_what_anybody_attached_keeps_nobody_from_verifying(at_hand: Desk, liar: Liar, case: str):
    JUNK[case](liar)
    found = at_hand.allows(f"{liar.shelf} {STRICT}")
    assert set(found.rules) <= {BAD}
    assert {item["severity"] for item in found.findings} <= {"warning"}


@pytest.mark.parametrize("case", JUNK)
def test_what_anybody_attached_keeps_nobody_from_pulling(
    at_hand: Desk, liar: Liar, goods: Path, case: str
):
    JUNK[case](liar)
    for out in ("out", "out.tar"):
        at_hand.do(f"pull {liar.shelf} -o {out} {STRICT}")
    assert root_of(at_hand / "out") == root_of(goods / "model")
    at_hand.allows(f"out.tar {STRICT}")


def test_a_huge_manifest_of_a_referrer_is_not_read(at_hand: Desk, liar: Liar):
    big = b'{"a": "' + b" " * (65 << 20) + b'"}'
    liar.registry.manifests[liar.name, "big"] = (mediatypes.OCI_MANIFEST, big)
    entry = {"mediaType": mediatypes.OCI_MANIFEST, "digest": digest_of(big), "size": len(big)}
    listed(liar, entry, *(liar.described(one) for one in liar.referrers()))
    liar.registry.manifests[liar.name, digest_of(big)] = (mediatypes.OCI_MANIFEST, big)
    at_hand.allows(f"{liar.shelf} {STRICT}")


def test_a_fallback_tag_that_holds_a_manifest_is_told_where_it_is_needed(at_hand: Desk, liar: Liar):
    tag = liar.digest().replace(":", "-")
    liar.manifest(liar.read(), tag)
    at_hand.allows(f"{liar.shelf} {KEY}")
    liar.registry.referrers_api = False
    for line in (f"verify {liar.shelf} {KEY}", f"pull {liar.shelf} -o out {KEY}"):
        assert_refused(at_hand.call(line), 11, tag, "is not an index")


# Contents.


def test_what_a_stranger_attests_of_the_contents_is_not_believed(
    at_hand: Desk, liar: Liar, goods: Path
):
    only_contents(liar, says(CONTENTS, contents(goods), root_of(goods / "model"), by=MALLORY))
    found = at_hand.allows(f"{liar.shelf} {KEY}")
    assert set(found.rules) == {BAD, UNFETCHED}
    found = at_hand.denies(f"{liar.shelf} {STRICT}")
    assert found.step == "contents"
    # The bytes decide, where they are at hand.
    at_hand.do(f"pull {liar.shelf} -o out {STRICT}")


def test_contents_of_another_artifact_are_refused(at_hand: Desk, liar: Liar, goods: Path):
    only_contents(liar, says(CONTENTS, contents(goods), Digest.of(b"another")))
    found = at_hand.allows(f"{liar.shelf} {KEY}")
    assert set(found.rules) == {BAD_ATTESTATION, "AIV-CONTENT-UNFETCHED"}
    assert at_hand.denies(f"{liar.shelf} {STRICT}").step == "contents"


@pytest.mark.parametrize("case", ["less", "more", "another"])
def test_contents_that_speak_of_other_files_are_refused(
    at_hand: Desk, liar: Liar, goods: Path, case: str
):
    said = contents(goods)
    if case != "more":
        taken = said["files"].pop("model.safetensors")
    if case != "less":
        said["files"]["other.safetensors"] = said["files"]["README.md"] if case == "more" else taken
    only_contents(liar, says(CONTENTS, said, root_of(goods / "model")))
    found = at_hand.denies(f"{liar.shelf} {KEY}")
    assert (found.step, found.rules) == ("attestations", [BAD_ATTESTATION])
    assert "speak of other files" in found.told


def test_contents_of_another_size_are_of_another_file(at_hand: Desk, liar: Liar, goods: Path):
    said = contents(goods)
    said["files"]["model.safetensors"]["size"] += 1
    only_contents(liar, says(CONTENTS, said, root_of(goods / "model")))
    found = at_hand.allows(f"{liar.shelf} {KEY}")
    assert found.rules == [UNFETCHED]
    assert "1 file " in found.told
    assert at_hand.denies(f"{liar.shelf} {STRICT}").rules == [UNFETCHED]


WRONG: dict[str, Any] = {
    "a list": [],
    "nothing": None,
    "a role that there is not": {"role": "king"},
    "a size in words": {"size": "7"},
    "a size that is true": {"size": True},
    "a severity that there is not": {
        "findings": [dict.fromkeys(("rule", "message", "file", "place", "fix", "cwe"), "")
                     | {"severity": "meh"}]
    },
    "tensors that are none": {"tensors": [["a", "b"]]},
    "globals that are none": {"globals": ["os.system"]},
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_contents_that_cannot_be_read_are_refused(
    at_hand: Desk, liar: Liar, goods: Path, case: str
):
    said = contents(goods)
    wrong = WRONG[case]
    if isinstance(wrong, dict):
        said["files"]["config.json"] |= wrong
    else:
        said["files"] = wrong
    only_contents(liar, says(CONTENTS, said, root_of(goods / "model")))
    found = at_hand.denies(f"{liar.shelf} {KEY}")
    assert found.rules == [BAD_ATTESTATION]


FINDING = {
    "rule": "AIV-PICKLE-CALL",
    "severity": "error",
    "message": "it calls os.system",
    "file": "config.json",
    "place": "",
    "fix": "",
    "cwe": "",
}


@pytest.mark.parametrize("bad_is_newer", [True, False])
@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_of_several_contents_is_believed(
    at_hand: Desk, liar: Liar, goods: Path, bad_is_newer: bool, order: int
):
    liar.drop(liar.of_type(CONTENTS)[0])
    bad, good = contents(goods), contents(goods)
    bad["files"]["config.json"]["findings"] = [FINDING]
    (bad if bad_is_newer else good)["time"] = "2026-02-01T00:00:00Z"
    for said in (bad, good)[::order]:
        liar.attach(says(CONTENTS, said, root_of(goods / "model")), CONTENTS)
    found = at_hand.judge(f"{liar.shelf} {STRICT}")
    assert found.exit_code == (10 if bad_is_newer else 0), found.told
    assert ("AIV-PICKLE-CALL" in found.rules) is bad_is_newer


def test_contents_of_the_future_do_not_count(at_hand: Desk, liar: Liar, goods: Path):
    said = {**contents(goods), "time": "2999-01-01T00:00:00Z"}
    said["files"]["config.json"]["findings"] = [FINDING]
    liar.attach(says(CONTENTS, said, root_of(goods / "model")), CONTENTS)
    found = at_hand.allows(f"{liar.shelf} {STRICT}")
    assert found.rules == ["AIV-ATTESTATION-OLD"]


def test_as_many_attest_the_contents_as_must_sign(at_hand: Desk, liar: Liar, goods: Path):
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    at_hand.profile({"signers": signers, "threshold": 2})
    at_hand.do(f"sign {liar.shelf} --key bob.key")
    assert at_hand.denies(f"{liar.shelf} {STRICT}").rules == [UNFETCHED]
    liar.drop(liar.of_type(CONTENTS)[0])
    said = contents(goods)
    for owner, time in (("alice", "2026-01-01T00:00:00Z"), ("bob", "2026-01-02T00:00:00Z")):
        data = says(
            CONTENTS, {**said, "time": time}, root_of(goods / "model"), by=key("p256", owner)
        )
        liar.attach(data, CONTENTS)
    found = at_hand.allows(f"{liar.shelf} {STRICT}")
    assert found.rules == ["AIV-SBOM-UNATTESTED"]  # for one of the two attested it


def test_a_pickle_is_denied_there_by_the_same_rules_as_here(at_hand: Desk, tmp_path: Path):
    files: Files = {**MODEL, "net.pkl": attack("os.system", short("touch /nonexistent/pwned"))}
    tree = write_tree(tmp_path / "tree", files)
    sign_with(ALICE, unsigned_bundle(tree, tmp_path / "bundle"))
    sign_with(ALICE, tree)
    with running() as registry:
        liar = Liar(registry)
        liar.put(tmp_path / "bundle")
        here = at_hand.denies(f"tree {KEY}")
        there = denied(at_hand, liar)
        assert here.rules
        assert here.step == "contents"
        assert (there.rules, there.files, there.told) == (here.rules, here.files, here.told)


# SBOMs.


def test_an_sbom_that_was_swapped_is_not_the_one_that_counts(
    at_hand: Desk, liar: Liar, goods: Path
):
    before = at_hand.allows(f"{liar.shelf} {KEY}").report["artifact"]
    digest, manifest = liar.of_type(mediatypes.SBOM)
    [layer] = manifest["layers"]
    document = json.loads(liar.registry.blobs[liar.name, layer["digest"]])
    document["metadata"]["component"]["version"] = "6.6.6"
    document["components"] = []
    liar.drop(digest)
    liar.attach(json.dumps(document).encode(), artifact_type=mediatypes.SBOM)
    assert allowed(at_hand, liar, goods).report["artifact"] == before

    liar.drop(liar.of_type(CYCLONEDX)[0])
    sbom = {"require": {"sbom": True}}
    at_hand.profile({"signers": [{"name": "alice", "keys": ["alice.pub"]}]}, **sbom)
    assert denied(at_hand, liar, STRICT).rules == ["AIV-SBOM-UNATTESTED"]


def test_an_sbom_that_a_stranger_attests_is_not_believed(at_hand: Desk, liar: Liar, goods: Path):
    said = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
    liar.attach(says(CYCLONEDX, said, root_of(goods / "model"), by=MALLORY), CYCLONEDX)
    assert allowed(at_hand, liar, goods).rules == [BAD]


# What the artifact itself is.


def test_an_index_of_a_container_image_is_no_artifact(at_hand: Desk, liar: Liar):
    entry = {**liar.described(), "platform": {"os": "linux", "architecture": "amd64"}}
    index = {"schemaVersion": 2, "mediaType": mediatypes.OCI_INDEX, "manifests": [entry]}
    liar.manifest(index, "1")
    refused(at_hand, liar.shelf, 3, "is an index of 1 manifests and no unit")


def test_a_unit_within_a_unit_and_one_without_names_are_none(at_hand: Desk, liar: Liar):
    part = liar.described()
    unit = {
        "schemaVersion": 2,
        "mediaType": mediatypes.OCI_INDEX,
        "artifactType": mediatypes.UNIT,
        "manifests": [part],
    }
    titled = {"annotations": {mediatypes.TITLE: "a"}}
    liar.manifest(unit, "1")
    refused(at_hand, liar.shelf, 3)
    inner = liar.manifest({**unit, "manifests": [{**part, **titled}]})
    liar.manifest({**unit, "manifests": [{**liar.described(inner), **titled}]}, "1")
    refused(at_hand, liar.shelf, 3)
    for name in ("..", "a/b", "", "/"):
        liar.manifest(
            {**unit, "manifests": [{**part, "annotations": {mediatypes.TITLE: name}}]}, "1"
        )
        refused(at_hand, liar.shelf, 3)
    liar.manifest({**unit, "manifests": [{**part, **titled}, {**part, **titled}]}, "1")
    refused(at_hand, liar.shelf, 3)


def test_a_container_image_and_a_signature_are_no_artifacts(at_hand: Desk, liar: Liar):
    signature, _ = liar.of_type(oms.PREDICATE)
    refused(at_hand, liar.shelf.at(f"@{signature}"), 3)
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **liar.blob(b"x")}
    liar.change(lambda manifest: manifest.update(layers=[layer]))
    refused(at_hand, liar.shelf, 3, "nobody here knows what it is")


NAMES = {
    "out of it": "../evil",
    "out of it in the middle": "a/../../evil",
    "absolute": "/etc/evil",
    "git's own": ".git/config",
    "git's own in capitals": ".GIT/hooks/post-checkout",
    "the same": "config.json",
    "the same but for its case": "CONFIG.json",
    "the same but for a dot": "./config.json",
    "a folder of a file's name": "config.json/x",
    "a backslash": "..\\evil",
    "a drive": "C:evil",
    "an escape": "\x1b[2Jevil",
    "right to left": "a\u202etxt.exe",
    "nothing": "",
    "a null": "a\x00b",
    "too long": "a" * 5000,
}


@pytest.mark.parametrize("case", NAMES)
def test_a_file_that_would_lie_where_it_may_not_is_refused(
    at_hand: Desk, liar: Liar, tmp_path: Path, case: str
):
    layer = {
        "mediaType": mediatypes.COMPONENT_FILE,
        **liar.blob(b"evil"),
        "annotations": {mediatypes.FILEPATH: NAMES[case]},
    }
    retarget(liar, lambda manifest: manifest["layers"].append(layer))
    for trust in (KEY, UNSIGNED) if case not in MAY_BE else (KEY,):
        for line in (f"verify {liar.shelf} {KEY}", f"pull {liar.shelf} -o out {trust}"):
            done = at_hand.call(line)
            assert done.exit_code in {3, 10}, done
            assert "\x1b" not in done.out + done.err
            assert "\u202e" not in done.out + done.err
            assert not (at_hand / "out").exists()
    assert [path for path in tmp_path.rglob("*evil*") if path.is_file()] == []


MAY_BE = ("an escape", "right to left")
"""Names that a file may have, and that are never printed as they are."""


@pytest.mark.parametrize("case", MAY_BE)
def test_a_name_that_would_deceive_is_never_printed_as_it_is(at_hand: Desk, liar: Liar, case: str):
    layer = {
        "mediaType": mediatypes.COMPONENT_FILE,
        **liar.blob(b"evil"),
        "annotations": {mediatypes.FILEPATH: NAMES[case]},
    }
    retarget(liar, lambda manifest: manifest["layers"].append(layer))
    for line in (f"pull {liar.shelf} -o out {UNSIGNED}", f"inspect {liar.shelf}"):
        told = at_hand.do(line)
        assert "\x1b" not in told
        assert "\u202e" not in told


@pytest.mark.parametrize("trust", [KEY, UNSIGNED])
def test_nothing_is_fetched_of_what_is_refused_whatever_its_bytes_are(
    at_hand: Desk, liar: Liar, trust: str
):
    change_layer(liar, lambda layer: layer["annotations"].clear(), "config.json")
    weights = digest_of(MODEL["model.safetensors"])
    before = listing(at_hand.place)
    assert_refused(at_hand.call(f"pull {liar.shelf} -o out {trust}"), 3, "has no file name")
    assert liar.registry.count(f"GET .*/blobs/{weights}") == 0
    assert listing(at_hand.place) == before


def test_nothing_is_fetched_of_what_is_not_as_it_was_signed(at_hand: Desk, liar: Liar):
    change_layer(liar, lambda layer: layer.update(liar.blob(b"[]")), "config.json")
    weights = digest_of(MODEL["model.safetensors"])
    denied(at_hand, liar)
    assert liar.registry.count(f"GET .*/blobs/{weights}") == 0


def test_a_file_that_is_two_things_to_two_tools_is_refused(at_hand: Desk, liar: Liar):
    name = {mediatypes.TITLE: "harmless.md"}
    change_layer(liar, lambda layer: layer["annotations"].update(name), "config.json")
    refused(at_hand, liar.shelf, 3, "harmless.md", "config.json")


def test_a_layer_of_a_type_that_nobody_knows_is_refused(at_hand: Desk, liar: Liar):
    for kind in ("application/vnd.cncf.model.weight.v1.evil", "application/vnd.kitops.modelkit.x"):
        change_layer(liar, lambda layer, kind=kind: layer.update(mediaType=kind), "config.json")
        refused(at_hand, liar.shelf, 3, "nobody here knows")


@pytest.mark.parametrize(
    ("data", "exit_code", "words"),
    [
        (b" " * ((64 << 20) + 1), 11, "more than"),
        (b"[" * 1_000_000, 3, ""),
        (b'{"a":' * 100_000, 3, ""),
        (b'{"schemaVersion": 2, "schemaVersion": 2}', 3, "schemaVersion"),
        (b'{"schemaVersion": 2, "layers": NaN}', 3, ""),
        (b"\xff", 3, ""),
        (b"", 3, ""),
        (b"null", 3, ""),
        (b'{"schemaVersion": 1}', 3, ""),
        (b'{"schemaVersion": 2, "config": {}, "layers": [], "manifests": []}', 3, ""),
    ],
    ids=range(10),
)
def test_a_manifest_that_is_none_is_refused(
    at_hand: Desk, liar: Liar, data: bytes, exit_code: int, words: str
):
    liar.registry.manifests[liar.name, "1"] = (mediatypes.OCI_MANIFEST, data)
    done = at_hand.call(f"verify {liar.shelf} {KEY}")
    assert_refused(done, exit_code, liar.shelf.host, words)
    assert len(done.err) < 1000
    assert_refused(at_hand.call(f"pull {liar.shelf} -o out {KEY}"), exit_code)


def test_what_a_registry_says_is_made_safe_to_print(at_hand: Desk, liar: Liar):
    told = {
        "errors": [{"code": "DENIED", "message": "\x1b[2J\u202eevil\n\r::error::" + "x" * 9999}]
    }
    liar.registry.faults.append(
        Fault("GET .*/manifests/1", NEVER, says=Out(403, {}, json.dumps(told).encode()))
    )
    done = at_hand.call(f"verify {liar.shelf} {KEY}")
    assert_refused(done, 10, "DENIED")
    assert "\u202e" not in done.err
    assert len(done.err) < 1000


# cosign's statement of a manifest.


def cosigned(digest: str, by: PrivateKey = ALICE, kind: str = MANIFEST_SIGNED) -> bytes:
    """What `cosign sign` says of a manifest."""
    subject = Subject("", {"sha256": digest.removeprefix("sha256:")})
    return sign(Statement(kind, (subject,), {}), by).to_bytes()


def test_a_signature_of_the_manifest_counts_and_one_of_another_does_not(
    at_hand: Desk, liar: Liar, goods: Path
):
    main = liar.digest()
    detach(liar)
    others = {
        "another": ZEROS,
        "the files": str(root_of(goods / "model")),
        "the config": liar.read()["config"]["digest"],
        "a file": liar.read()["layers"][0]["digest"],
    }
    for digest in others.values():
        liar.attach(cosigned(digest), MANIFEST_SIGNED)
    found = denied(at_hand, liar)
    assert set(found.rules) == {BAD}
    assert found.told.count("it signs another OCI manifest") == len(others)
    liar.attach(cosigned(main, by=MALLORY), MANIFEST_SIGNED)
    denied(at_hand, liar)
    liar.attach(cosigned(main, kind="https://example.com/other"), MANIFEST_SIGNED)
    denied(at_hand, liar)
    liar.attach(cosigned(main), MANIFEST_SIGNED)
    found = at_hand.allows(f"{liar.shelf} {KEY}")
    assert len(found.report["artifact"]["files"]) == len(MODEL)
    at_hand.do(f"pull {liar.shelf} -o out {KEY}")


def test_a_signature_of_the_manifest_does_not_outlive_a_change_of_it(at_hand: Desk, liar: Liar):
    detach(liar)
    liar.attach(cosigned(liar.digest()), MANIFEST_SIGNED)
    at_hand.allows(f"{liar.shelf} {KEY}")
    retarget(liar, lambda manifest: manifest.setdefault("annotations", {}).update(evil="1"))
    assert set(denied(at_hand, liar).rules) == {BAD}


# Ranges.


@pytest.fixture
def ranged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even of small files only a part is fetched."""
    monkeypatch.setattr(ranges, "WHOLE", 16)
    monkeypatch.setattr(ranges, "BLOCK", 1 << 20)


OTHER = safetensors_bytes({"lm_head.weight": ("F16", (4, 8))})


def lie(liar: Liar, digest: str, data: bytes) -> None:
    """Answer each part of a blob, and the whole of it, with other bytes."""

    def change(out: Out) -> None:
        out.body = data

    liar.registry.faults.append(Fault(f"GET .*/blobs/{digest}", NEVER, change=change))


@pytest.mark.usefixtures("ranged")
def test_a_part_with_other_bytes_is_shown_and_never_believed(
    at_hand: Desk, liar: Liar, goods: Path
):
    name = "model.safetensors"
    assert len(OTHER) == len(MODEL[name])
    lie(liar, digest_of(MODEL[name]), OTHER)
    shown = at_hand.do(f"inspect {liar.shelf}")
    assert "f16" in shown
    assert "unchecked" in shown
    found = at_hand.allows(f"{liar.shelf} {STRICT}")
    assert found.report["artifact"]["digest"] == str(root_of(goods / "model"))
    assert liar.registry.count(f"GET .*/blobs/{digest_of(MODEL[name])}") == 1
    assert_refused(at_hand.call(f"pull {liar.shelf} -o out {KEY}"), 10, digest_of(MODEL[name]))


@pytest.mark.usefixtures("ranged")
def test_nothing_is_attested_by_a_part_with_other_bytes(at_hand: Desk, liar: Liar):
    """An SBOM of what somebody made us see is vouched for by nobody."""
    lie(liar, digest_of(MODEL["model.safetensors"]), OTHER)
    at_hand.do(f"sbom {liar.shelf} -o seen.cdx.json")
    done = at_hand.call(
        f"attest {liar.shelf} --type sbom --predicate seen.cdx.json --key alice.key"
    )
    assert done.exit_code != 0, done


@pytest.mark.usefixtures("ranged")
def test_a_base_is_not_held_against_an_adapter_by_a_part_with_other_bytes(
    at_hand: Desk, story: Story, tmp_path: Path
):
    """The base's own header does not fit; what its registry answers does."""
    base = story.copy(story.model, tmp_path / "base")
    for path in base.glob("*.safetensors*"):
        path.write_bytes(path.read_bytes().replace(b"q_proj", b"z_proj"))
    unsigned_bundle(base, tmp_path / "base.bundle")
    at_hand.do(f"bundle adapter {story.adapter} -o lora.tar")  # pinned to no base
    at_hand.do("sign lora.tar --key alice.key")
    with running() as registry:
        liar = Liar(registry)
        liar.put(tmp_path / "base.bundle")
        line = f"lora.tar {KEY} --base {liar.shelf}"
        for path in base.glob("*.safetensors"):
            lie(liar, digest_of(path.read_bytes()), (story.model / path.name).read_bytes())
        assert_refused(at_hand.call(f"verify {line}"), 2, "nobody checks the header")


# The place where it is gathered.


@pytest.mark.parametrize("what", ["link", "dangling", "file", "owned"])
def test_a_staging_place_that_is_not_ours_is_not_used(
    at_hand: Desk, liar: Liar, tmp_path: Path, what: str
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / ".out.pull"
    if what == "owned":
        if os.getuid():
            pytest.skip("only root can give a folder away")
        place.mkdir()
        os.chown(place, 12345, 12345)
    elif what == "file":
        place.write_text("mine")
    else:
        place.symlink_to(elsewhere if what == "link" else tmp_path / "nowhere")
    before = listing(tmp_path)
    assert_refused(at_hand.call(f"pull {liar.shelf} -o out {KEY}"), 1, ".out.pull")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("at", ["blobs", "blobs/sha256", "tree"])
def test_a_link_in_the_staging_place_leads_nowhere(
    at_hand: Desk, liar: Liar, tmp_path: Path, at: str
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / ".out.pull" / at
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    done = at_hand.call(f"pull {liar.shelf} -o out {KEY}")
    assert done.exit_code in {0, 1, 3}, done
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("suffix", ["", ".partial"])
def test_a_link_in_the_place_of_a_blob_is_not_followed(
    at_hand: Desk, liar: Liar, tmp_path: Path, goods: Path, suffix: str
):
    """Its bytes are right now, and somebody else's to change later."""
    theirs = tmp_path / "theirs"
    theirs.write_bytes(MODEL["model.safetensors"])
    digest = digest_of(MODEL["model.safetensors"])[7:]
    link = tmp_path / ".out.pull" / "blobs" / "sha256" / f"{digest}{suffix}"
    link.parent.mkdir(parents=True)
    link.symlink_to(theirs)
    done = at_hand.call(f"pull {liar.shelf} -o out {KEY}")
    assert done.exit_code in {0, 1, 3}, done
    assert theirs.read_bytes() == MODEL["model.safetensors"]
    if done.exit_code == 0:
        assert not any(path.is_symlink() for path in (at_hand / "out").rglob("*"))
        assert root_of(at_hand / "out") == root_of(goods / "model")


def test_the_place_is_nobody_elses_while_it_is_filled_and_the_result_is_as_ever(
    at_hand: Desk, liar: Liar, tmp_path: Path
):
    seen: list[int] = []

    def look(_: Out) -> None:
        place = tmp_path / ".out.pull"
        if place.exists():
            seen.append(place.stat().st_mode & 0o777)

    liar.registry.faults.append(Fault("GET .*/blobs/", NEVER, change=look))
    at_hand.do(f"pull {liar.shelf} -o out {KEY}")
    assert set(seen) == {0o700}
    for path in (at_hand / "out").rglob("*"):
        assert path.stat().st_mode & 0o022 == 0
