"""Finding policies together with their tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.policy import library
from aiverify.policy.testing.suite import load_suite


def origins(*names: str | Path) -> list[str]:
    return [item.origin for item in load_suite([str(name) for name in names]).asked]


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "p.rego").write_text("package p\n")
    (tmp_path / "sub" / "p_test.rego").write_text("package p_test\n")
    (tmp_path / "readme.md").write_text("no policy")
    return tmp_path


def test_a_directory_holds_policies_and_tests(pair: Path) -> None:
    assert origins(pair) == [f"{pair}/p.rego", f"{pair}/sub/p_test.rego"]
    assert origins(pair / "sub") == [f"{pair}/sub/p_test.rego"]


def test_a_file_brings_the_one_beside_it(pair: Path) -> None:
    assert origins(pair / "p.rego") == [f"{pair}/p.rego"]
    (pair / "p_test.rego").write_text("package p_test\n")
    both = [f"{pair}/p.rego", f"{pair}/p_test.rego"]
    assert origins(pair / "p.rego") == origins(pair / "p_test.rego") == both
    assert origins(pair / "p.rego", pair / "p_test.rego") == both


def test_a_shipped_rule_brings_its_helpers_without_asking_for_them() -> None:
    suite = load_suite(["aiverify:signer_count"])
    assert [item.origin for item in suite.asked] == [
        "aiverify:signer_count/signer_count.rego",
        "aiverify:signer_count/signer_count_test.rego",
    ]
    assert "aiverify:lib/lib.rego" in suite.helpers
    assert all(item.shipped for item in suite.policies.modules)


def test_all_shipped_rules_are_asked_for_with_their_helpers() -> None:
    suite = load_suite(["aiverify:*"])
    assert suite.helpers == frozenset()
    folders = {item.origin.partition(":")[2].partition("/")[0] for item in suite.asked}
    assert folders == {*library.names(), "lib"}


@pytest.mark.parametrize("path", ["", "lib", "signer_count", "signer_count/signer_count_test.rego"])
def test_a_path_to_shipped_rules_means_them(path: str) -> None:
    found = load_suite([str(library.root() / path)])
    assert all(item.shipped for item in found.policies.modules)
    assert any(item.name.endswith("_test.rego") for item in found.asked)


def test_a_collection_is_its_rules_with_their_tests() -> None:
    collection, names = next(iter(library.collections().items()))
    suite = load_suite([f"aiverify:@{collection}"])
    folders = {item.name.removeprefix("aiverify:").split("/")[0] for item in suite.asked}
    assert folders == set(names)
    with pytest.raises(InputError, match="no collection of shipped rules is called"):
        load_suite(["aiverify:@none"])


def test_a_name_for_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no policy was named"):
        load_suite([])
    with pytest.raises(InputError, match="no shipped rule is called"):
        load_suite(["aiverify:../lib"])
    with pytest.raises(InputError, match="holds no policy"):
        load_suite([str(tmp_path)])
    with pytest.raises(InputError, match="No such file"):
        load_suite([str(tmp_path / "none.rego")])


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p_test.rego").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(InputError, match=r"p_test\.rego"):
        load_suite([str(tmp_path)])
    (tmp_path / "p_test.rego").write_bytes(b"\xff")
    with pytest.raises(MalformedError, match="not valid UTF-8"):
        load_suite([str(tmp_path)])


def test_a_link_is_refused(pair: Path) -> None:
    (pair / "p_test.rego").symlink_to(pair / "sub" / "p_test.rego")
    for name in (pair, pair / "p.rego"):
        with pytest.raises(InputError, match="link"):
            load_suite([str(name)])
