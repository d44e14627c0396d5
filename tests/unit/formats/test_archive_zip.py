"""ZIP archives of no particular kind, skops models and TorchServe's archives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, Role, State
from aiverify.core.finding import Severity
from aiverify.formats import archive_zip
from tests.support.archive_files import (
    PICKLE,
    encrypted_zip,
    mar,
    skops,
    skops_node,
    zip_file,
    zip_link,
)
from tests.support.looking import look_at


def rules(found: FileFacts) -> set[str]:
    return {finding.rule for finding in found.facts.findings}


def test_an_archive_states_its_members_their_bytes_and_kinds(tmp_path: Path) -> None:
    data = zip_file({"a.txt": b"a\n" * 50, "b/": b"", "b/c.TXT": b"c\n", "b/LICENSE": b"d\n"})
    found = look_at(tmp_path, "all.zip", data)
    assert (found.facts.format, found.facts.role, found.state) == ("zip", Role.WEIGHT, State.CLEAN)
    assert found.facts.values == {"members": 3, "unpacked": 104, "kinds": {"": 1, "txt": 2}}
    assert found.facts.summary == "3 files in a ZIP archive"


@pytest.mark.parametrize("name", ["all.whl", "all.jar", "model.mlpackage.zip", "all"])
def test_an_archive_is_recognised_under_any_name(tmp_path: Path, name: str) -> None:
    assert look_at(tmp_path, name, zip_file({"a.txt": b"a\n"})).facts.format == "zip"


def test_an_empty_archive_is_clean(tmp_path: Path) -> None:
    found = look_at(tmp_path, "none.zip", zip_file({}))
    assert (found.state, found.facts.values["members"]) == (State.CLEAN, 0)


def test_only_the_commonest_kinds_are_stated(tmp_path: Path) -> None:
    names = [f"x.k{number}" for number in range(50)] + ["y.txt", "z.txt"]
    kinds = archive_zip.kinds(names)
    assert (len(kinds), kinds["txt"]) == (archive_zip.MAX_KINDS, 2)


def test_an_archive_without_a_directory_is_malformed(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"a.txt": b"a\n"})[:30])
    assert rules(found) == {"AIV-FORMAT-MALFORMED"}


def test_what_is_wrong_with_the_archive_is_found(tmp_path: Path) -> None:
    data = zip_file([("../a", b"a\n"), ("b", b"b\n"), ("B", b"b\n")])
    found = look_at(tmp_path, "all.zip", data)
    assert {"AIV-CONTAINER-NAME", "AIV-CONTAINER-DUPLICATE"} <= rules(found)
    assert "AIV-CONTAINER-LINK" in rules(look_at(tmp_path, "all.zip", zip_link("a", "b")))


def test_an_encrypted_member_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", encrypted_zip("a.txt"))
    assert found.state is State.UNREAD
    assert "a.txt: encrypted" in found.facts.unread


def test_a_member_that_is_too_large_to_unpack_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zip_file({"a.txt": b"a\n" * 1000}, packed=True)
    assert look_at(tmp_path, "all.zip", data).state is State.CLEAN
    monkeypatch.setattr(archive_zip.parts, "__defaults__", (1999,))
    assert look_at(tmp_path, "all.zip", data).state is State.UNREAD


def test_a_schema_of_skops_states_its_version_and_names_what_is_built(tmp_path: Path) -> None:
    node = skops_node("ListNode", "builtins", "list", [
        skops_node("ObjectNode", "acme.models", "Loader", {}),
        skops_node("TypeNode", "builtins", "type", {"__module__": "acme", "__class__": "Other"}),
        skops_node("FunctionNode", "builtins", "function",
                   {"module_path": "acme.tools", "function": "run"}),
    ])  # fmt: skip
    found = look_at(tmp_path, "model.skops", skops(node))
    assert found.facts.format == "skops"
    assert (found.facts.values["protocol"], found.facts.values["skops_version"]) == (2, "0.13.0")
    assert [use.name for use in found.facts.globals] == [
        "acme.models.Loader",
        "acme.Other",
        "acme.tools.run",
    ]
    assert all(use.invoked for use in found.facts.globals)
    assert "AIV-PICKLE-CALL" in rules(found)


@pytest.mark.parametrize(
    ("node", "words", "severity"),
    [
        (skops_node("NewNode", "a", "b"), "asks for the loader NewNode", Severity.WARNING),
        (skops_node("OperatorFuncNode", "os", "system"), "elsewhere: os.system", Severity.ERROR),
        (
            skops_node("MethodNode", "a", "B", {"obj": skops_node("ObjectNode", "os", "C")}),
            "said to be of a.B is of os.C",
            Severity.ERROR,
        ),
    ],
)
def test_a_schema_that_deceives_its_loader_is_found(
    tmp_path: Path, node: dict[str, Any], words: str, severity: Severity
) -> None:
    found = look_at(tmp_path, "model.skops", skops(node))
    (finding,) = [item for item in found.facts.findings if item.rule == "AIV-CONTAINER-LOADER"]
    assert words in finding.message
    assert finding.severity is severity


def test_an_honest_method_and_operator_are_no_deception(tmp_path: Path) -> None:
    node = skops_node("ListNode", "builtins", "list", [
        skops_node("MethodNode", "a", "B", {"obj": skops_node("ObjectNode", "a", "B")}),
        skops_node("OperatorFuncNode", "operator", "add"),
    ])  # fmt: skip
    assert "AIV-CONTAINER-LOADER" not in rules(look_at(tmp_path, "model.skops", skops(node)))


def test_a_schema_of_another_program_makes_no_skops_model(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"schema.json": b'{"type": "object"}'}))
    assert (found.facts.format, found.state) == ("zip", State.CLEAN)


def test_a_schema_that_is_nested_without_end_is_malformed(tmp_path: Path) -> None:
    data = zip_file({"schema.json": b'{"a":' * 5000 + b"1" + b"}" * 5000})
    assert "AIV-FORMAT-MALFORMED" in rules(look_at(tmp_path, "model.skops", data))


def test_a_model_archive_of_torchserve_names_its_handler(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.mar", mar("handler.py", **{"handler.py": b"A = 1\n"}))
    assert found.facts.format == "torchserve"
    assert found.facts.values["modelName"] == "m"
    (finding,) = [item for item in found.facts.findings if item.rule == "AIV-CONTAINER-CODE"]
    assert "handler.py" in finding.message


def test_a_handler_that_torchserve_brings_itself_is_clean(tmp_path: Path) -> None:
    assert look_at(tmp_path, "model.mar", mar("image_classifier")).state is State.CLEAN


@pytest.mark.parametrize(
    ("members", "format_"),
    [
        ({"m/data.pkl": PICKLE, "m/version": b"3\n"}, "torch"),
        ({"metadata.json": b"{}", "config.json": b"{}"}, "keras"),
    ],
)
def test_a_framework_s_archive_is_one_whatever_its_first_member_is(
    tmp_path: Path, members: dict[str, bytes], format_: str
) -> None:
    found = look_at(tmp_path, "m.zip", zip_file({"decoy.txt": b"a\n", **members}))
    assert found.facts.format == format_
