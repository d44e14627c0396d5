"""A digest is an algorithm that we know and exactly as many digits as it has."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import MalformedError

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_digest_reads_what_it_writes() -> None:
    digest = Digest.of(b"abc")
    assert Digest.parse(str(digest)) == digest
    assert str(digest) == f"sha256:{hashlib.sha256(b'abc').hexdigest()}"
    assert digest.raw == hashlib.sha256(b"abc").digest()


def test_the_digest_of_nothing_is_the_known_one() -> None:
    assert str(Digest.of(b"")) == f"sha256:{EMPTY}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256",
        EMPTY,
        ":" + EMPTY,
        "sha256:",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        f"SHA256:{EMPTY}",
        f" sha256:{EMPTY}",
        f"sha256:{EMPTY}\n",
        f"sha256:{EMPTY[:-1]}",
        f"sha256:{EMPTY}0",
        f"sha256:{EMPTY.upper()}",
        f"sha256:{'g' * 64}",
        f"sha256:0x{EMPTY[2:]}",
        f"sha256:{'_'.join([EMPTY[:31], EMPTY[:32]])}",
        f"sha256:{chr(0xFF11) * 64}",
        f"sha256:sha256:{EMPTY}",
        f"sha256:../../{EMPTY[6:]}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Digest.parse(text)


@pytest.mark.parametrize("text", ["\x1b[2J", "md5\x1b:0", "sha256:\x1b\u202e"])
def test_a_refused_digest_is_shown_escaped(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        Digest.parse(text)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "no-such-algorithm"])
def test_an_algorithm_that_we_do_not_know_computes_nothing(algorithm: str) -> None:
    with pytest.raises(MalformedError, match="unknown digest algorithm"):
        Digest.of(b"", algorithm)


def test_a_digest_cannot_be_altered() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Digest.of(b"").hex = "0" * 64  # type: ignore[misc]
