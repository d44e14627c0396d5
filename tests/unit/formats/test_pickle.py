"""Pickles are found by what they are, whatever they are called, and followed to their end."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, Role, State
from tests.corpus.pickles import SAMPLES
from tests.corpus.sample import Sample
from tests.support.looking import look_at
from tests.support.pickle_files import attack, called, named, number, pickled, sequence, text


class Hostile:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch /nonexistent/pwned",)


def rules(found: FileFacts) -> set[str]:
    return {finding.rule for finding in found.facts.findings}


def is_attack(found: FileFacts) -> bool:
    return (
        found.facts.format == "pickle"
        and found.facts.role is Role.WEIGHT
        and found.state is State.FLAGGED
        and "AIV-PICKLE-DANGEROUS" in rules(found)
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_of_the_corpus_is_seen_for_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.state is sample.state
    assert sample.rule in rules(found) if sample.rule else not found.facts.findings


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["a.pkl", "notes.txt", "config.json", "README.md", "data"])
def test_a_hostile_pickle_is_one_under_any_name(tmp_path: Path, name: str, protocol: int) -> None:
    data = pickle.dumps(Hostile(), protocol)
    assert is_attack(look_at(tmp_path, name, data))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [None, [], {"a": 1.5}, "x" * 5000, b"x" * 5000])
def test_a_harmless_pickle_is_clean(tmp_path: Path, protocol: int, value: object) -> None:
    found = look_at(tmp_path, "data", pickle.dumps(value, protocol))
    assert (found.facts.format, found.state) == ("pickle", State.CLEAN)


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'id'\ntR.",
        b"(S'id'\nios\nsystem\n.",
        b"(cos\nsystem\nS'id'\no.",
        b"I1\n0cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x00cos\nsystem\n(S'id'\ntR.",
    ],
)
def test_a_handwritten_pickle_of_plain_text_is_a_pickle(tmp_path: Path, data: bytes) -> None:
    assert is_attack(look_at(tmp_path, "readme.txt", data))


@pytest.mark.parametrize("name", ["m.pt", "m.pth", "m.ckpt", "m.bin", "m.joblib", "m.pickle"])
def test_an_extension_decides_when_content_does_not(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, pickle.dumps([1, 2], 0))
    assert (found.facts.format, found.state) == ("pickle", State.CLEAN)


@pytest.mark.parametrize("data", [b"\x78\x9c\x00\x01", b"\xc3\x00\x11\x00", b"\x00" * 50])
def test_what_is_only_named_as_a_pickle_is_unread(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "m.bin", data)
    assert (found.facts.format, found.state) == ("unknown", State.UNREAD)
    assert found.facts.findings == ()


def test_the_facts_of_a_pickle(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.pkl", pickle.dumps(OrderedDict(a=1), 4))
    assert found.facts.values == {
        "protocol": 4,
        "pickles": 1,
        "opcodes": 16,
        "result": "collections.OrderedDict",
    }
    assert [item.to_json() for item in found.facts.globals] == [
        {"name": "collections.OrderedDict", "place": "byte 39", "invoked": True}
    ]


def test_several_pickles_are_counted_and_all_are_followed(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.pkl", pickled(b"}") + pickled(b"]") + attack("os.system"))
    assert found.facts.values["pickles"] == 3
    assert [item.name for item in found.facts.globals] == ["os.system"]
    assert found.facts.globals[0].place == "byte 10"


def test_a_pickle_that_breaks_off_is_malformed_and_still_judged(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.pkl", attack("os.system")[:-1] + b"\xff")
    assert {"AIV-FORMAT-MALFORMED", "AIV-PICKLE-DANGEROUS"} <= rules(found)


def test_every_global_is_named_with_what_is_done_to_it(tmp_path: Path) -> None:
    data = pickled(named("a.b"), b"0", called("c.d", named("a.b"), number(1)), b"0", named("a.b"))
    found = look_at(tmp_path, "m.pkl", data)
    assert [(item.name, item.invoked) for item in found.facts.globals] == [
        ("a.b", False),
        ("c.d", True),
    ]


def test_what_follows_a_pickle_and_is_none_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.pkl", pickled(b"}") + b"\xfe\xfe")
    assert found.state is State.UNREAD
    assert "AIV-PICKLE-TRAILING" in rules(found)


@pytest.mark.parametrize(
    ("data", "result"),
    [
        (pickled(b"N"), "nothing"),
        (pickled(b"\x88"), "a truth value"),
        (pickled(number(3)), "a number"),
        (pickled(text("a")), "a string"),
        (pickled(text("a" * 5000)), "a long value of type str"),
        (pickled(sequence(b"N", b"N")), "a tuple of 2"),
        (pickled(called("copyreg._reconstructor", named("a.B"))), "a.B"),
        (pickled(named("a.B")), "the global a.B"),
    ],
)
def test_what_a_pickle_builds_is_said_in_a_phrase(tmp_path: Path, data: bytes, result: str) -> None:
    assert look_at(tmp_path, "m.pkl", data).facts.values["result"] == result


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"cat\ndog\nRabbit\n"),
        ("notes.txt", b"(in the beginning\nwas a bracket\n."),
        ("notes.txt", b"In one long line " + b"of words " * 1000),
        ("model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    ],
)
def test_text_that_resembles_opcodes_is_text(tmp_path: Path, name: str, data: bytes) -> None:
    assert look_at(tmp_path, name, data).facts.format == "text"
