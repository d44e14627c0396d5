from __future__ import annotations

import json

import pytest

from aiverify.core.digest import Digest
from aiverify.core.mediatypes import OCI_INDEX, OCI_MANIFEST
from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError
from aiverify.registry import http, manifests
from tests.support.registry_desk import blob, described, manifest, opened
from tests.support.small_registry import Fault, Out, running

DATA = manifest("model")
DIGEST = str(Digest.of(DATA))


@pytest.fixture
def registry():
    with running() as registry:
        yield registry


@pytest.fixture
def repository(registry):
    with opened(registry) as repository:
        yield repository


def stating(name, value):
    def change(out: Out) -> None:
        out.headers[name] = value

    return change


def without(name):
    def change(out: Out) -> None:
        out.headers.pop(name, None)

    return change


@pytest.mark.parametrize("pointer", ["1.2", DIGEST])
def test_a_manifest_is_stored_and_fetched(repository, pointer):
    repository.put_manifest(DATA, OCI_MANIFEST, pointer)

    fetched = repository.fetch(pointer)

    assert fetched.data == DATA
    assert fetched.descriptor == described(DATA)
    assert repository.head(pointer) == described(DATA)


def test_a_manifest_that_is_not_there_is_said_so(repository, registry):
    with pytest.raises(InputError) as caught:
        repository.fetch("1.2")

    assert caught.value.message == f"{registry.host}/acme/x:1.2 does not exist"
    assert repository.head("1.2") is None


def test_another_manifest_under_a_digest_is_refused(repository, registry):
    registry.manifests["acme/x", DIGEST] = (OCI_MANIFEST, manifest("other"))

    with pytest.raises(DeniedError, match="its bytes are sha256"):
        repository.fetch(DIGEST)


def test_a_manifest_that_is_another_than_the_registry_says_is_refused(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    lie = stating("Docker-Content-Digest", str(Digest.of(b"other")))
    registry.faults = [Fault("GET", change=lie)]

    with pytest.raises(DeniedError, match="its bytes are sha256"):
        repository.fetch("1")


def test_a_digest_that_is_not_stated_is_not_missed(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("GET", change=without("Docker-Content-Digest"))]

    assert repository.fetch("1").descriptor == described(DATA)


def test_the_documents_own_type_counts(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("GET", change=stating("Content-Type", OCI_INDEX))]

    assert repository.fetch("1").descriptor.media_type == OCI_MANIFEST


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(f"{OCI_INDEX}; charset=utf-8", OCI_INDEX), ("", OCI_INDEX), (OCI_MANIFEST, OCI_MANIFEST)],
)
def test_the_type_that_is_stated_counts_where_the_document_has_none(
    repository, registry, stated, expected
):
    data = b'{"schemaVersion":2,"manifests":[]}'
    registry.manifests["acme/x", "1"] = (stated, data)

    assert repository.fetch("1").descriptor.media_type == expected


@pytest.mark.parametrize("data", [b"", b"[]", b"<html>", b'{"a":1,"a":2}'])
def test_what_is_no_manifest_at_all_is_refused(repository, registry, data):
    registry.manifests["acme/x", "1"] = (OCI_MANIFEST, data)

    with pytest.raises(MalformedError):
        repository.fetch("1")


def test_a_manifest_that_is_too_large_is_not_read(repository, monkeypatch):
    monkeypatch.setattr(manifests, "MAX_ANSWER", 1)
    repository.put_manifest(DATA, OCI_MANIFEST, "1")

    with pytest.raises(UndecidedError, match=f"more than {len(DATA) - 1} bytes"):
        repository.fetch("1", len(DATA) - 1)
    assert repository.fetch("1", len(DATA)).data == DATA


def test_a_manifest_that_breaks_off_is_asked_for_again(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("GET", times=3, cut=50)]

    assert repository.fetch("1").data == DATA


def test_a_manifest_that_drips_in_is_not_waited_for(repository, registry, monkeypatch):
    monkeypatch.setattr(http, "WHOLE", -1.0)
    repository.put_manifest(DATA, OCI_MANIFEST, "1")

    with pytest.raises(UndecidedError, match="no whole answer"):
        repository.fetch("1")


@pytest.mark.parametrize(
    "change",
    [
        without("Docker-Content-Digest"),
        without("Content-Type"),
        stating("Docker-Content-Digest", "sha256:none"),
    ],
)
def test_a_head_that_says_too_little_is_no_answer(repository, registry, change):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("HEAD", change=change)]

    assert repository.head("1") == described(DATA)


def test_a_head_of_another_digest_is_not_believed(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, DIGEST)
    lie = stating("Docker-Content-Digest", str(Digest.of(b"other")))
    registry.faults = [Fault("HEAD", change=lie)]

    assert repository.head(DIGEST) == described(DATA)


def test_a_registry_without_heads_is_asked_for_the_whole(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("HEAD", says=Out(405))]

    assert repository.head("1") == described(DATA)


def test_a_registry_that_stores_something_else_is_refused(repository, registry):
    lie = stating("Docker-Content-Digest", str(Digest.of(b"other")))
    registry.faults = [Fault("PUT", change=lie)]

    with pytest.raises(DeniedError):
        repository.put_manifest(DATA, OCI_MANIFEST, "1")


def test_a_registry_says_whether_it_lists_a_referrer(repository, registry):
    about = manifest("signature", described(DATA))

    assert repository.put_manifest(about, OCI_MANIFEST, str(Digest.of(about)))
    assert not repository.put_manifest(DATA, OCI_MANIFEST, "1")

    registry.referrers_api = False
    assert not repository.put_manifest(about, OCI_MANIFEST, str(Digest.of(about)))


def test_a_registry_that_lists_another_subjects_referrer_is_not_believed(repository, registry):
    about = manifest("signature", described(DATA))
    registry.faults = [Fault("PUT", change=stating("OCI-Subject", str(blob(b"other").digest)))]

    assert not repository.put_manifest(about, OCI_MANIFEST, str(Digest.of(about)))


def test_a_manifest_is_deleted(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")

    assert repository.delete_manifest(Digest.of(DATA))
    assert not repository.delete_manifest(Digest.of(DATA))
    assert repository.head("1") is None


def test_a_registry_that_deletes_nothing_says_so(repository, registry):
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.deletes = False

    assert not repository.delete_manifest(Digest.of(DATA))


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_tags_come_page_by_page(repository, registry, page):
    registry.page = page
    for tag in ("b", "a", "c"):
        repository.put_manifest(DATA, OCI_MANIFEST, tag)

    assert repository.tags() == ("b", "a", "c")


def test_a_repository_that_is_not_there_has_no_tags(repository, registry):
    registry.faults = [Fault("GET", says=Out(404))]

    assert repository.tags() == ()


def test_tags_without_end_are_not_read_for_ever(repository, registry, monkeypatch):
    monkeypatch.setattr(manifests, "_TAG_PAGES", 3)
    numbers = iter(range(100))

    def more(out: Out) -> None:
        out.body = json.dumps({"tags": [f"t{next(numbers)}"]}).encode()
        out.headers["Link"] = '</v2/acme/x/tags/list?at=0>; rel="next"'

    registry.faults = [Fault("GET", times=99, change=more)]

    with pytest.raises(UndecidedError, match="more than 3 pages"):
        repository.tags()


def test_tags_are_not_asked_for_at_another_host(repository, registry):
    link = stating("Link", '<https://elsewhere.example/v2/acme/x/tags/list>; rel="next"')
    repository.put_manifest(DATA, OCI_MANIFEST, "1")
    registry.faults = [Fault("GET", change=link)]

    with pytest.raises(UndecidedError, match="sends elsewhere"):
        repository.tags()


@pytest.mark.parametrize("tags", [7, [7], {"a": 1}])
def test_tags_that_are_no_list_are_refused(repository, registry, tags):
    registry.faults = [Fault("GET", says=Out(200, {}, json.dumps({"tags": tags}).encode()))]

    with pytest.raises(MalformedError, match="not a list of strings"):
        repository.tags()
