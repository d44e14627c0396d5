"""Facts as they are recorded: read back as they were, or refused by the place of what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiverify.core import recorded
from aiverify.core.facts import Facts, FileFacts, Role, State, Tensor
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import canonical, loads
from aiverify.errors import MalformedError, UnsafeNameError

WHERE = "the contents sha256:00"

TENSORS = FileFacts(
    "model.safetensors",
    136,
    Facts(
        "safetensors",
        Role.WEIGHT,
        "1 tensor",
        {"metadata": {"format": "pt"}, "count": 1, "ratio": 0.5, "tied": None},
        (Tensor("lm_head.weight", "f32", (4, 4)), Tensor("scale", "bf16", ())),
    ),
)
PICKLE = FileFacts(
    "onnx/model.pkl",
    0,
    Facts(
        "pickle",
        Role.WEIGHT,
        globals=(Global("os.system", "byte 2", invoked=True), Global("a.B", "byte 9")),
        findings=(
            Finding("AIV-PICKLE-DANGEROUS", Severity.ERROR, "calls os.system", place="byte 2"),
            Finding("R", Severity.NOTE, "m", "onnx/model.pkl", "p", "Do not.", "CWE-502"),
        ),
    ),
)
UNREAD = FileFacts("README.md", 7, Facts("", Role.DOC, unread="its format is not known"))
BARE = FileFacts("run.py", 1 << 40, Facts("python", Role.CODE))

FILES = (UNREAD, TENSORS, PICKLE, BARE)
"""In the order of their names."""


def recording(**changes: Any) -> dict[str, Any]:
    """What is recorded of one file, with some members changed; `None` is a member as well."""
    document = json.loads(canonical(recorded.record([PICKLE, TENSORS])))
    both = {**document[TENSORS.name], **{k: v for k, v in document[PICKLE.name].items() if v}}
    return {"a": {**both, **changes}}


def refused(value: Any) -> str:
    """The message with which a recording is refused."""
    with pytest.raises(MalformedError) as caught:
        recorded.read(value, WHERE)
    assert caught.value.message.startswith(WHERE)
    return caught.value.message.removeprefix(WHERE)


@pytest.mark.parametrize("item", FILES, ids=lambda item: item.name)
def test_what_is_recorded_is_read_back(item: FileFacts):
    assert recorded.read(recorded.record([item]), WHERE) == (item,)


def test_what_is_read_back_from_its_bytes_is_the_same():
    data = canonical(recorded.record(FILES))

    assert recorded.read(loads(data, WHERE), WHERE) == FILES


def test_files_are_read_in_the_order_of_their_names():
    assert recorded.read(recorded.record(reversed(FILES)), WHERE) == FILES


@pytest.mark.parametrize(
    ("item", "state"), [(TENSORS, State.CLEAN), (PICKLE, State.FLAGGED), (UNREAD, State.UNREAD)]
)
def test_a_file_that_is_read_back_is_in_the_state_that_it_was(item: FileFacts, state: State):
    assert recorded.read(recorded.record([item]), WHERE)[0].state is state


def test_what_there_is_not_is_not_written():
    assert recorded.record([BARE]) == {
        "run.py": {"format": "python", "role": "code", "size": 1 << 40}
    }


def test_of_no_files_nothing_is_recorded():
    assert recorded.record(()) == {}
    assert recorded.read({}, WHERE) == ()


def test_members_that_a_later_version_may_add_are_passed_over():
    assert recorded.read(
        {"run.py": {**recorded.record([BARE])["run.py"], "novel": [1]}}, WHERE
    ) == (BARE,)


def test_a_recording_that_is_whole_is_not_refused():
    """Or else every refusal below would be for another reason."""
    (item,) = recorded.read(recording(), WHERE)

    assert (item.facts.tensors, item.facts.globals) == (
        TENSORS.facts.tensors,
        PICKLE.facts.globals,
    )


@pytest.mark.parametrize("value", [None, [], "files", 7, True, [["a", {}]]])
def test_files_that_are_no_object_are_refused(value: Any):
    assert "not an object" in refused(value)


@pytest.mark.parametrize("value", [None, [], "file", 7, False])
def test_a_file_that_is_no_object_is_refused_by_its_name(value: Any):
    assert refused({"a/b": value}).startswith(": a/b is ")


@pytest.mark.parametrize("name", ["", "../a", "/a", "a//b", "a\\b", "a\0", "C:a", "a/."])
def test_a_name_that_no_file_may_have_is_refused(name: str):
    with pytest.raises(UnsafeNameError):
        recorded.read({name: recorded.record([BARE])["run.py"]}, WHERE)


def test_a_name_that_would_move_the_cursor_is_shown_escaped():
    assert refused({"a\x1b[2J": None}).startswith(": a\\x1b[2J is null")


@pytest.mark.parametrize("member", ["format", "role", "size"])
def test_a_file_of_which_something_is_not_said_is_refused(member: str):
    value = recording()
    del value["a"][member]

    assert refused(value) == f": a: {member} is null"


@pytest.mark.parametrize(
    ("member", "value", "kind"),
    [
        ("format", 7, "a number"),
        ("format", ["pickle"], "an array"),
        ("role", 7, "a number"),
        ("role", ["weight"], "an array"),
        ("summary", {}, "an object"),
        ("summary", None, "null"),
        ("unread", False, "a boolean"),
        ("unread", 0, "a number"),
        ("size", "7", "a string"),
        ("size", 7.0, "a number"),
        ("size", True, "a boolean"),
        ("size", None, "null"),
    ],
)
def test_a_member_of_another_type_is_refused_by_its_place(member: str, value: Any, kind: str):
    assert refused(recording(**{member: value})) == f": a: {member} is {kind}"


@pytest.mark.parametrize("value", [None, [], "values", 1])
def test_values_that_are_no_object_are_refused_by_their_place(value: Any):
    assert refused(recording(values=value)).startswith(": a: values is ")


@pytest.mark.parametrize("role", ["", "virus", "WEIGHT", "we\x1bght"])
def test_a_role_that_there_is_not_is_refused(role: str):
    message = refused(recording(role=role))

    assert message.startswith(": a: there is no role ")
    assert "\x1b" not in message


@pytest.mark.parametrize("member", ["tensors", "globals", "findings"])
@pytest.mark.parametrize("value", [None, {}, "list", 7])
def test_what_should_be_a_list_is_refused(member: str, value: Any):
    assert refused(recording(**{member: value})).startswith(": a: a list is ")


@pytest.mark.parametrize(
    "tensor",
    [
        None,
        {},
        "weight",
        [],
        ["w", "f32"],
        ["w", "f32", [4], 1],
        [7, "f32", [4]],
        ["w", None, [4]],
        ["w", "f32", 4],
        ["w", "f32", {"0": 4}],
        ["w", "f32", ["4"]],
        ["w", "f32", [4.0]],
        ["w", "f32", [True]],
        ["w", "f32", [None]],
    ],
)
def test_a_tensor_that_is_none_is_refused_by_its_file(tensor: Any):
    assert refused(recording(tensors=[["w", "f32", [4]], tensor])).startswith(": a: a ")


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": ["os.system"]},
        {"place": 2},
        {"place": None},
        {"invoked": None},
        {"invoked": 1},
        {"invoked": "true"},
    ],
)
def test_a_global_that_is_none_is_refused_by_its_file(change: dict[str, Any]):
    use = {"name": "os.system", "place": "byte 2", "invoked": True}

    assert recorded.read(recording(globals=[use]), WHERE)
    assert refused(recording(globals=[use, {**use, **change}])).startswith(": a: a global is ")


@pytest.mark.parametrize("value", [None, [], "os.system"])
@pytest.mark.parametrize(("member", "what"), [("globals", "global"), ("findings", "finding")])
def test_what_should_be_an_object_is_refused_by_its_file(member: str, what: str, value: Any):
    assert refused(recording(**{member: [value]})).startswith(f": a: a {what} is ")


FINDING = Finding("AIV-X", Severity.WARNING, "m", "a", "p", "f", "CWE-1").to_json()


@pytest.mark.parametrize("member", FINDING)
@pytest.mark.parametrize("value", [None, 7, ["error"], False])
def test_a_finding_that_is_none_is_refused_by_what_it_lacks(member: str, value: Any):
    assert recorded.read(recording(findings=[FINDING]), WHERE)

    message = refused(recording(findings=[FINDING, {**FINDING, member: value}]))

    assert message.startswith(f": a: a finding's {member} is ")


@pytest.mark.parametrize("severity", ["", "fatal", "ERROR", "none", "err\x1bor"])
def test_a_finding_of_a_weight_that_there_is_not_is_refused(severity: str):
    message = refused(recording(findings=[{**FINDING, "severity": severity}]))

    assert message.startswith(": a: there is no severity ")
    assert "\x1b" not in message


@pytest.mark.parametrize(
    "changes", [{"size": -1}, {"tensors": [["w", "f32", [-4]]]}], ids=["a file", "a tensor"]
)
def test_a_size_below_nothing_is_refused(changes: dict[str, Any]):
    refused(recording(**changes))
