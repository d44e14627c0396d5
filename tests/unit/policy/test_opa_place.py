"""Where an OPA may be asked, and what never leaves in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import InputError, UsageError
from aiverify.policy.opa import place
from aiverify.policy.opa.place import OpaPlace, find_program, from_environment


@pytest.mark.parametrize(
    "url",
    [
        "https://opa.example",
        "https://opa.example:8181/",
        "http://127.0.0.1:8181",
        "http://localhost:8181",
        "http://[::1]:8181",
    ],
)
def test_https_and_this_machine_may_be_asked(url: str) -> None:
    assert OpaPlace(url).url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://opa.example:8181", "in the clear"),
        ("http://127.0.0.1.example", "in the clear"),
        ("http://10.0.0.1:8181", "in the clear"),
        ("ftp://localhost", "in the clear"),
        ("opa.example", "not a URL"),
        ("https://", "not a URL"),
        ("https://user:word@opa.example", "not a URL"),
        ("https://opa.example?x=1", "not a URL"),
        ("https://opa.example#x", "not a URL"),
        ("https://opa.example:0", "not a URL"),
        ("https://opa.example:99999", "not a URL"),
        ("https://opa.example\\@evil.example", "not a URL"),
        ("https://opa.example/\x1b[2J", "not a URL"),
        ("https://opa.example/v1/data", "has a path"),
    ],
)
def test_anything_else_is_refused(url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        OpaPlace(url)
    assert "\x1b" not in caught.value.message


def test_certificates_are_for_https() -> None:
    for words in ({"ca": Path("ca.pem")}, {"certificate": Path("c.pem")}):
        for url in ("", "http://localhost:1"):
            with pytest.raises(UsageError, match="https"):
                OpaPlace(url, **words)
    with pytest.raises(UsageError, match="certificate that belongs to it"):
        OpaPlace("https://opa.example", key=Path("k.pem"))


def test_a_judgement_takes_some_time() -> None:
    with pytest.raises(UsageError, match="seconds"):
        OpaPlace(timeout=0)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "caf\u00e9", "x" * 20_000])
def test_a_token_that_is_none_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(UsageError, match="no bearer token") as caught:
        OpaPlace("https://opa.example", token=token)
    assert token not in caught.value.message + caught.value.hint


def test_a_token_is_in_no_representation() -> None:
    assert "secret" not in repr(OpaPlace("https://opa.example", token="secret"))


def test_the_environment_has_the_token_and_the_program() -> None:
    environment = {"AIVERIFY_OPA": "/opt/opa", "AIVERIFY_OPA_TOKEN": "t"}
    assert from_environment("https://a.example", environment=environment).token == "t"
    local = from_environment(environment=environment)
    assert (local.token, local.program) == ("", "/opt/opa")


def test_a_program_is_the_one_named_or_on_the_path_or_beside_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(place.sys, "prefix", str(tmp_path))
    with pytest.raises(InputError, match="no opa program") as caught:
        find_program()
    assert "AIVERIFY_OPA" in caught.value.hint
    found = []
    for folder in ("go", "bin", "named"):
        program = tmp_path / folder / "opa"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        found.append(find_program(str(program) if folder == "named" else ""))
    assert [path.parent.name for path in found] == ["go", "bin", "named"]
