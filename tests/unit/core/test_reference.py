from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.core.reference import Reference, is_reference, parse
from aiverify.errors import UsageError

HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("registry.example/llama", Reference("registry.example", "llama", "latest")),
        ("registry.example/a/b-c__d:1.2", Reference("registry.example", "a/b-c__d", "1.2")),
        ("localhost/llama:V1", Reference("localhost", "llama", "V1")),
        ("127.0.0.1:5000/a/b", Reference("127.0.0.1:5000", "a/b", "latest")),
        ("[::1]:5000/a", Reference("[::1]:5000", "a", "latest")),
        (
            f"registry.example/a@sha256:{HEX}",
            Reference("registry.example", "a", "", Digest("sha256", HEX)),
        ),
        (
            f"oci://registry.example/a:2@sha256:{HEX}",
            Reference("registry.example", "a", "2", Digest("sha256", HEX)),
        ),
    ],
)
def test_references_are_read(text, expected):
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "host"),
        ("llama", "host"),
        ("acme/llama", "host"),
        ("./llama.tar/x", "host"),
        ("/registry.example/llama", "host"),
        ("user@registry.example/llama", "host"),
        ("user:pw@registry.example/llama", "host"),
        ("https://registry.example/llama", "host"),
        ("registry.example", "host"),
        ("registry.example/", "repository"),
        ("registry.example:0/llama", "host"),
        ("registry.example:70000/llama", "port"),
        ("registry.example/Llama", "repository"),
        ("registry.example/a//b", "repository"),
        ("registry.example/a/../b", "repository"),
        ("registry.example/a b", "repository"),
        ("registry.example/a?x=1", "repository"),
        ("registry.example/a\n", "repository"),
        ("registry.example/" + "a" * 250, "repository"),
        ("registry.example/a:", "tag"),
        ("registry.example/a:-x", "tag"),
        ("registry.example/a:x/y", "tag"),
        ("registry.example/a:" + "x" * 129, "tag"),
        ("registry.example/a@", "digest"),
        ("registry.example/a@sha256:abc", "digest"),
        (f"registry.example/a@sha512:{HEX * 2}", "sha512"),
        (f"registry.example/a@sha256:{HEX.upper()}", "digest"),
    ],
)
def test_what_is_no_reference_is_refused_with_the_part_that_is_wrong(text, reason):
    with pytest.raises(UsageError, match=reason):
        parse(text)
    assert not is_reference(text)


def test_a_digest_decides_over_a_tag():
    both = parse(f"registry.example/a:1@sha256:{HEX}")

    assert both.pointer == f"sha256:{HEX}"
    assert parse("registry.example/a:1").pointer == "1"
    assert both.at(both.digest) == parse(f"registry.example/a@sha256:{HEX}")
