"""in-toto Statements: one byte form out, and strict reading in."""

from __future__ import annotations

import json

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import AiverifyError, MalformedError
from aiverify.signing import statement
from aiverify.signing.predicates import CYCLONEDX
from aiverify.signing.statement import Statement, Subject

WHERE = "the statement in model.sig"
ROOT = Digest.of(b"root")
SAYS = Statement(CYCLONEDX, (Subject("tiny", {"sha256": ROOT.hex}),), {"z": [1, None], "a": "ü"})


def payload_with(**changes):
    return json.dumps({**json.loads(SAYS.to_bytes()), **changes}).encode()


def test_a_statement_is_one_line_with_sorted_keys():
    assert SAYS.to_bytes().decode() == (
        '{"_type":"https://in-toto.io/Statement/v1",'
        '"predicate":{"a":"ü","z":[1,null]},'
        '"predicateType":"https://cyclonedx.org/bom",'
        f'"subject":[{{"digest":{{"sha256":"{ROOT.hex}"}},"name":"tiny"}}]}}'
    )


def test_what_is_written_is_read():
    assert statement.parse(SAYS.to_bytes(), WHERE) == SAYS


def test_an_attestation_names_the_artifact_by_its_root_digest():
    attestation = statement.attesting(CYCLONEDX, SAYS.predicate, "tiny", ROOT)

    assert attestation == SAYS


def test_several_subjects_are_read_in_their_order():
    subjects = [{"name": name, "digest": {"sha256": ROOT.hex}} for name in ("b", "a")]

    read = statement.parse(payload_with(subject=subjects), WHERE)

    assert [subject.name for subject in read.subjects] == ["b", "a"]


@pytest.mark.parametrize(
    ("subject", "name"),
    [({}, ""), ({"name": None}, ""), ({"name": 7}, ""), ({"name": "a\x1b[2J"}, "a\x1b[2J")],
)
def test_the_name_of_a_subject_may_be_left_out_and_is_read_as_it_was_signed(subject, name):
    subjects = [{"digest": {"sha256": ROOT.hex}, **subject}]

    [read] = statement.parse(payload_with(subject=subjects), WHERE).subjects

    assert read.name == name


MALFORMED = {
    "no JSON": b"payload",
    "a list": b"[]",
    "two documents": SAYS.to_bytes() * 2,
    "a key twice": SAYS.to_bytes()[:-1] + b',"_type":"https://in-toto.io/Statement/v1"}',
    "a version that nobody wrote": payload_with(_type="https://in-toto.io/Statement/v0.2"),
    "no version": payload_with(_type=None),
    "no predicate type": payload_with(predicateType=None),
    "a predicate type of another type": payload_with(predicateType=["a"]),
    "a predicate that is a text": payload_with(predicate="a"),
    "a predicate that is a list": payload_with(predicate=[]),
    "no subject": payload_with(subject=None),
    "an empty list of subjects": payload_with(subject=[]),
    "a subject that is no list": payload_with(subject={"name": "a"}),
    "a subject that is no object": payload_with(subject=["a"]),
    "a subject without a digest": payload_with(subject=[{"name": "a"}]),
    "a subject with an empty digest": payload_with(subject=[{"name": "a", "digest": {}}]),
    "a digest that is no string": payload_with(subject=[{"digest": {"sha256": 7}}]),
    "a number that no parser holds": payload_with(predicate={"a": 0}).replace(b": 0", b": 1e999"),
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_statement_is_refused(payload):
    with pytest.raises(MalformedError, match=WHERE):
        statement.parse(payload, WHERE)


def test_a_name_that_is_not_utf8_is_refused_before_it_is_signed():
    says = statement.attesting(CYCLONEDX, {}, "caf\udce9", ROOT)

    with pytest.raises(AiverifyError, match=r"caf\\xe9"):
        says.to_bytes()


@pytest.mark.parametrize("given", [None, {}])
def test_a_predicate_that_says_nothing_may_be_left_out(given):
    value = json.loads(payload_with(predicate=given))
    if given is None:
        value.pop("predicate", None)
    found = statement.parse(json.dumps(value).encode(), WHERE)
    assert found.predicate == {}
