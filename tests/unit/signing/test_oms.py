"""OpenSSF Model Signing v1.0: what a list of files must say before anything is compared with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from aiverify.core.manifest import Manifest
from aiverify.errors import MalformedError, UnsafeNameError, UsageError
from aiverify.signing import oms
from aiverify.signing.statement import Statement, Subject
from tests.support.artifacts import manifest_of

WHERE = "the signature model.sig"
FILES = {"README.md": b"# Tiny\n", "model.safetensors": b"\x00\x01\x02"}


def resources(files=FILES, algorithm="sha256"):
    """Resources in the order given."""
    return [
        {"name": name, "algorithm": algorithm, "digest": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    ]


def root(files=FILES):
    """The root digest by hand, over raw digests in the order given."""
    raw = b"".join(hashlib.sha256(data).digest() for data in files.values())
    return hashlib.sha256(raw).hexdigest()


def listing(files=FILES, *, serialization=None, **predicate):
    """A statement that is true of these files, but for what is changed."""
    form = {"method": "files", "hash_type": "sha256", "allow_symlinks": False}
    return Statement(
        oms.PREDICATE,
        (Subject("tiny", {"sha256": root(files)}),),
        {
            "serialization": {**form, **(serialization or {})},
            "resources": resources(files),
            **predicate,
        },
    )


def test_a_statement_lists_every_file_and_the_root_over_them():
    says = oms.build("tiny", manifest_of(FILES), [".gitignore", ".git", ".git"])

    assert says.predicate_type == "https://model_signing/signature/v1.0"
    assert says.subjects == (Subject("tiny", {"sha256": root()}),)
    assert says.predicate == {
        "serialization": {
            "method": "files",
            "hash_type": "sha256",
            "allow_symlinks": False,
            "ignore_paths": [".git", ".gitignore"],
        },
        "resources": resources(),
    }


def test_files_are_listed_by_code_point_whatever_their_order_was():
    backwards = Manifest.of(reversed(manifest_of({"a-b": b"1", "a/b": b"2", "é": b"3"}).entries))

    listed = oms.build("tiny", backwards, ()).predicate["resources"]

    assert [resource["name"] for resource in listed] == ["a-b", "a/b", "é"]


def test_what_is_built_is_read():
    signed = oms.read(oms.build("tiny", manifest_of(FILES), (".git",)), WHERE)

    assert signed.manifest.root == manifest_of(FILES).root
    assert [entry.name for entry in signed.manifest.entries] == list(FILES)
    assert signed.ignore_paths == {".git"}


def test_the_subjects_name_is_not_asked_for():
    renamed = replace(listing(), subjects=(Subject("", {"sha256": root()}),))

    assert oms.read(renamed, WHERE).manifest.root.hex == root()


@pytest.mark.parametrize("count", [0, 2])
def test_other_than_one_subject_is_refused(count):
    says = replace(listing(), subjects=listing().subjects * count)

    with pytest.raises(MalformedError, match=f"{WHERE} has {count} subjects"):
        oms.read(says, WHERE)


@pytest.mark.parametrize(
    "digests",
    [{"sha256": "0" * 64}, {"sha256": root().upper()}, {"sha512": root()}, {"sha256": ""}],
)
def test_files_that_do_not_add_up_to_the_root_are_refused(digests):
    says = replace(listing(), subjects=(Subject("tiny", digests),))

    with pytest.raises(MalformedError, match="do not add up"):
        oms.read(says, WHERE)


def test_files_in_another_order_than_was_summed_are_refused():
    with pytest.raises(MalformedError, match="do not add up"):
        oms.read(listing(resources=resources()[::-1]), WHERE)


def test_the_order_by_path_component_of_old_signers_is_accepted():
    files = {"a/b": b"1", "a-b": b"2"}

    signed = oms.read(listing(files), WHERE)

    assert [entry.name for entry in signed.manifest.entries] == ["a-b", "a/b"]


@pytest.mark.parametrize("listed", [None, [], {}, "README.md"])
def test_a_statement_without_files_is_refused(listed):
    with pytest.raises(MalformedError, match="lists no files"):
        oms.read(listing(resources=listed), WHERE)


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": 7},
        {"algorithm": None},
        {"algorithm": "sha512"},
        {"algorithm": "blake2b"},
        {"digest": None},
        {"digest": "00"},
        {"digest": ""},
        {"digest": hashlib.sha256(b"# Tiny\n").hexdigest().upper()},
        {"digest": "sha256:" + hashlib.sha256(b"# Tiny\n").hexdigest()},
    ],
)
def test_a_file_without_a_name_or_a_digest_of_the_one_algorithm_is_refused(change):
    first, second = resources()

    with pytest.raises(MalformedError, match=WHERE):
        oms.read(listing(resources=[{**first, **change}, second]), WHERE)


def test_a_file_that_is_no_object_is_refused():
    with pytest.raises(MalformedError, match=WHERE):
        oms.read(listing(resources=["README.md"]), WHERE)


@pytest.mark.parametrize(
    "name", ["..", "../x", "a/../../x", "/etc/passwd", "a//b", "./a", "a\\b", "C:x", "", "a\0b"]
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(UnsafeNameError):
        oms.read(listing({name: b"1", "b": b"2"}), WHERE)


@pytest.mark.parametrize(("one", "other"), [("A", "a"), ("a", "a/b"), ("\u00e9", "e\u0301")])
def test_names_that_collide_are_refused(one, other):
    with pytest.raises(UnsafeNameError):
        oms.read(listing({one: b"1", other: b"2"}), WHERE)


def test_a_file_that_is_listed_twice_is_refused():
    twice = [*resources({"a": b"1"}), *resources({"a": b"2"})]
    says = listing({"x": b"1", "y": b"2"}, resources=twice)

    with pytest.raises(MalformedError, match="a is listed twice"):
        oms.read(says, WHERE)


@pytest.mark.parametrize(
    ("method", "hash_type"),
    [("parts", "sha256"), ("files", "sha512"), ("files", "md5"), ("files", "SHA256")],
)
def test_a_serialization_that_oms_does_not_know_is_refused_by_name(method, hash_type):
    says = listing(serialization={"method": method, "hash_type": hash_type, "shard_size": 10})

    with pytest.raises(MalformedError, match=f"{WHERE} hashes {method} with {hash_type}") as caught:
        oms.read(says, WHERE)
    assert caught.value.hint


@pytest.mark.parametrize("serialization", [None, [], "files", {}, {"method": "files"}])
def test_a_serialization_that_is_not_stated_is_refused(serialization):
    says = listing()
    says = replace(says, predicate={**says.predicate, "serialization": serialization})

    with pytest.raises(MalformedError, match=WHERE):
        oms.read(says, WHERE)


def test_ignore_paths_may_be_absent():
    assert oms.read(listing(), WHERE).ignore_paths == frozenset()


@pytest.mark.parametrize("paths", [[""], ["."], [".git", "."]])
def test_a_signature_that_leaves_out_everything_is_refused(paths):
    with pytest.raises(MalformedError, match="leaves out the whole artifact"):
        oms.read(listing(serialization={"ignore_paths": paths}), WHERE)


@pytest.mark.parametrize("paths", [None, ".git", {".git": True}, [7], [".git", None]])
def test_ignore_paths_that_are_no_list_of_names_are_refused(paths):
    with pytest.raises(MalformedError, match="ignore_paths"):
        oms.read(listing(serialization={"ignore_paths": paths}), WHERE)


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("cache", False),
        ("cache/x", False),
        ("cache/x/y", False),
        ("cache2", True),
        ("cache.bin", True),
        ("a/cache", True),
        ("Cache", True),
    ],
)
def test_ignored_are_exact_paths_and_what_lies_below_them(name, covered):
    signed = oms.read(listing(serialization={"ignore_paths": ["cache"]}), WHERE)

    assert signed.covers(name) is covered


def test_a_single_file_that_old_signers_call_a_dot_is_the_file_at_hand():
    signed = oms.read(listing({".": b"1"}), WHERE, file="model.gguf")

    assert [entry.name for entry in signed.manifest.entries] == ["model.gguf"]


def test_a_single_file_with_a_name_keeps_it():
    signed = oms.read(listing({"model.gguf": b"1"}), WHERE, file="other.gguf")

    assert [entry.name for entry in signed.manifest.entries] == ["model.gguf"]


@pytest.mark.parametrize("files", [{".": b"1"}, {".": b"1", "a": b"2"}])
def test_a_dot_that_is_no_single_file_at_hand_is_refused(files):
    with pytest.raises(UnsafeNameError):
        oms.read(listing(files), WHERE, file="" if len(files) == 1 else "model.gguf")


@pytest.mark.parametrize(
    "predicate_type",
    ["https://cyclonedx.org/bom", "https://model_signing/signature/v2.0", "", "a\x1b[2J"],
)
def test_a_statement_of_another_type_lists_no_files(predicate_type):
    says = replace(listing(), predicate_type=predicate_type)

    with pytest.raises(MalformedError, match="does not list an artifact's files") as caught:
        oms.read(says, WHERE)
    assert "\x1b" not in caught.value.message


def test_a_file_is_not_signed_and_ignored_at_once():
    """No verifier could find it again."""
    with pytest.raises(UsageError, match="signed and ignored at once"):
        oms.build("tiny", manifest_of(FILES), list(FILES)[:1])
