"""What a target's word names: a path that is there, or else what a registry knows by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.reference import Reference
from aiverify.errors import UsageError
from aiverify.registry.place import Place
from aiverify.verify.location import InRegistry, locate

DIGEST = Digest.of(b"manifest")
PLACE = Place(plain_http=True, state=Path("/state"))

REFERENCES = {
    "registry.example/acme/llama:1.2": Reference("registry.example", "acme/llama", "1.2"),
    "registry.example/acme/llama": Reference("registry.example", "acme/llama", "latest"),
    "127.0.0.1:5000/llama:dev": Reference("127.0.0.1:5000", "llama", "dev"),
    "localhost/llama": Reference("localhost", "llama", "latest"),
    "[::1]:5000/llama": Reference("[::1]:5000", "llama", "latest"),
    f"registry.example/llama@{DIGEST}": Reference("registry.example", "llama", "", DIGEST),
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory in which nothing lies."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("scheme", ["", "oci://"])
@pytest.mark.parametrize(("word", "reference"), REFERENCES.items())
def test_what_is_a_reference_is_in_a_registry(word: str, reference: Reference, scheme: str):
    assert locate(scheme + word, PLACE) == InRegistry(reference, PLACE)


@pytest.mark.parametrize("word", REFERENCES)
def test_a_path_that_is_there_wins(word: str, nowhere: Path):
    (nowhere / word).parent.mkdir(parents=True)
    (nowhere / word).write_bytes(b"a file")

    assert locate(word, PLACE) == Path(word)


def test_a_directory_that_is_there_wins(nowhere: Path):
    (nowhere / "llama.d" / "v1").mkdir(parents=True)

    assert locate("llama.d/v1", PLACE) == Path("llama.d/v1")


def test_a_link_that_leads_nowhere_is_a_path(nowhere: Path):
    """Whoever sees a link under that name does not mean a registry."""
    (nowhere / "llama.d").mkdir()
    (nowhere / "llama.d" / "v1").symlink_to("gone")

    assert locate("llama.d/v1", PLACE) == Path("llama.d/v1")


@pytest.mark.parametrize("word", REFERENCES)
def test_the_scheme_says_that_it_is_no_path_whatever_lies_there(word: str, nowhere: Path):
    for path in (nowhere / word, nowhere / f"oci:/{word}"):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"a file")

    location = locate(f"oci://{word}", PLACE)

    assert isinstance(location, InRegistry)
    assert location.reference == REFERENCES[word]


@pytest.mark.parametrize(
    "word",
    [
        "llama",
        "llama.tar",
        "./llama",
        "../registry.example/llama",
        "/srv/llama",
        "acme/llama",
        "acme/llama:1.2",
        "models/llama.tar",
        "registry.example/Acme/llama",
        "registry.example/",
        "registry.example//llama",
        "registry.example/llama:",
        "registry.example/llama@sha256:00",
        "registry.example:99999/llama",
        "https://registry.example/llama",
        "OCI://registry.example/llama",
        str(DIGEST),
        "a b.c/d",
        "",
    ],
)
def test_what_is_no_reference_is_a_path(word: str):
    assert locate(word, PLACE) == Path(word)


@pytest.mark.parametrize(
    "word",
    ["oci://", "oci://llama", "oci://acme/llama", "oci://./llama", "oci://oci://a.b/c", "oci:///a"],
)
def test_what_says_that_it_is_a_reference_and_is_none_is_refused(word: str, nowhere: Path):
    (nowhere / "llama").mkdir()

    with pytest.raises(UsageError):
        locate(word, PLACE)


@pytest.mark.parametrize(("word", "reference"), REFERENCES.items())
def test_a_location_is_shown_as_its_reference(word: str, reference: Reference):
    assert str(InRegistry(reference)) == str(reference)
    assert locate(str(reference), PLACE) == locate(word, PLACE)


def test_a_registry_is_reached_over_tls_where_nobody_says_otherwise():
    assert InRegistry(REFERENCES["localhost/llama"]).place == Place()
    assert Place().plain_http is False
