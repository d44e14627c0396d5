"""Finding and reading policies: what counts, what is left out, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, InputError, MalformedError, UsageError
from aiverify.policy import library
from aiverify.policy.sources import MAX_BYTES, load


def write(path: Path, text: str = "package p\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(*paths: Path | str) -> list[str]:
    return [module.name for module in load(paths).modules]


def test_a_directory_gives_its_policies_by_name_without_tests(tmp_path: Path) -> None:
    for name in ("b.rego", "a/z.rego", "a/z_test.rego", "README.md", "data.json"):
        write(tmp_path / name)
    assert names(tmp_path) == ["a/z.rego", "b.rego"]


def test_a_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    assert names(write(tmp_path / "policy_test.rego")) == ["policy_test.rego"]
    assert names(write(tmp_path / "policy.txt")) == ["policy.txt"]


def test_a_policy_named_twice_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path / "p.rego")
    assert names(path, path) == ["p.rego"]


def test_two_policies_of_one_name_both_count(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "p.rego", "package one\n")
    two = write(tmp_path / "two" / "p.rego", "package two\n")
    modules = load([one, two]).modules
    assert [module.text for module in modules] == ["package one\n", "package two\n"]
    assert [module.origin for module in modules] == [str(one), str(two)]


def test_the_digest_does_not_depend_on_the_place(tmp_path: Path) -> None:
    write(tmp_path / "here" / "p.rego")
    write(tmp_path / "there" / "p.rego")
    assert load([tmp_path / "here"]).digest == load([tmp_path / "there"]).digest


def test_the_digest_depends_on_names_and_texts(tmp_path: Path) -> None:
    digests = {
        load([write(tmp_path / "0" / "p.rego")]).digest,
        load([write(tmp_path / "1" / "q.rego")]).digest,
        load([write(tmp_path / "2" / "p.rego", "package p\n\n")]).digest,
        load([write(tmp_path / "3" / "p.regop", "ackage p\n")]).digest,
    }
    assert len(digests) == 4


def test_a_shipped_rule_brings_its_helpers() -> None:
    policies = load(["aiverify:signer_count"])
    folders = [module.name.removeprefix("aiverify:").split("/")[0] for module in policies.modules]
    assert set(folders) == {"lib", "signer_count"}
    assert folders.count("signer_count") == 1
    assert all(module.shipped for module in policies.modules)


def test_all_shipped_rules_and_those_of_a_collection_can_be_asked_for_at_once() -> None:
    every = load(["aiverify:*"])
    assert every == load([f"aiverify:{name}" for name in library.names()])
    for collection, names in library.collections().items():
        found = load([f"aiverify:@{collection}"])
        assert found == load([f"aiverify:{name}" for name in names])
        assert set(found.modules) <= set(every.modules)


def test_an_unknown_collection_is_refused() -> None:
    with pytest.raises(InputError, match="no collection of shipped rules is called '@none'"):
        load(["aiverify:@none"])


@pytest.mark.parametrize("rule", ["nothing", "lib", "", ".", "..", "../policies/signer_count"])
def test_an_unknown_shipped_rule_is_refused_with_those_there_are(rule: str) -> None:
    with pytest.raises(InputError, match="no shipped rule") as caught:
        load([f"aiverify:{rule}"])
    assert "signer_count" in caught.value.hint


def test_a_user_file_cannot_pass_as_a_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "aiverify:lib" / "lib.rego", "package aiverify.lib\n")
    monkeypatch.chdir(tmp_path)
    (module,) = load(["."]).modules
    assert not module.shipped
    assert module.origin == "./aiverify:lib/lib.rego"


def test_no_path_is_a_mistake_in_the_call() -> None:
    with pytest.raises(UsageError):
        load([])


def test_a_directory_without_policies_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "p_test.rego")
    with pytest.raises(InputError, match="holds no policy"):
        load([tmp_path])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.rego cannot be read"):
        load([tmp_path / "absent.rego"])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.rego")
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "p.rego").symlink_to(secret)
    for path in (folder, folder / "p.rego"):
        with pytest.raises(InputError, match="symbolic link"):
            load([path])


@pytest.mark.parametrize("content", [b"package p # \xff", b"\xff\xfep\x00"])
def test_a_policy_that_is_not_utf8_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.rego").write_bytes(content)
    with pytest.raises(MalformedError, match=r"p\.rego is not valid UTF-8"):
        load([tmp_path])


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 10 << 20])
def test_a_huge_policy_is_refused_by_its_size(tmp_path: Path, size: int) -> None:
    with (tmp_path / "p.rego").open("wb") as file:
        file.truncate(size)
    with pytest.raises(MalformedError, match=f"is {size} bytes"):
        load([tmp_path])


def test_a_name_with_escapes_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2Jp.rego").write_bytes(b"\xff")
    with pytest.raises(AiverifyError) as caught:
        load([tmp_path])
    assert "\x1b" not in caught.value.message
