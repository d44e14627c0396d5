from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from aiverify.core.digest import Digest
from aiverify.core.mediatypes import OCI_INDEX, OCI_MANIFEST
from aiverify.errors import MalformedError, UndecidedError
from aiverify.registry import referrers
from tests.support.registry_desk import Waits, described, manifest, opened
from tests.support.small_registry import Fault, Out, running

MODEL = manifest("model")
SUBJECT = Digest.of(MODEL)
TAG = f"sha256-{SUBJECT.hex}"
ABOUT = {name: manifest(name, described(MODEL)) for name in ("signature", "sbom", "attestation")}


@pytest.fixture
def registry():
    with running() as registry:
        registry.manifests["acme/x", str(SUBJECT)] = (OCI_MANIFEST, MODEL)
        yield registry


def attach(repository, data):
    entry = described(data)
    if not repository.put_manifest(data, OCI_MANIFEST, str(entry.digest)):
        repository.add_referrers([entry], SUBJECT)


def index_of(registry):
    return json.loads(registry.manifests["acme/x", TAG][1])


def hold(registry, value):
    registry.manifests["acme/x", TAG] = (OCI_INDEX, json.dumps(value).encode())


@pytest.mark.parametrize("api", [True, False])
def test_what_was_attached_is_found(registry, api):
    registry.referrers_api = api
    with opened(registry) as repository:
        for data in ABOUT.values():
            attach(repository, data)

        found = repository.referrers(SUBJECT)

    assert [entry.digest for entry in found] == [Digest.of(data) for data in ABOUT.values()]
    assert (("acme/x", TAG) in registry.manifests) is not api


@pytest.mark.parametrize("api", [True, False])
def test_nothing_is_found_where_nothing_speaks(registry, api):
    registry.referrers_api = api
    with opened(registry) as repository:
        assert repository.referrers(SUBJECT) == ()


def test_what_the_tag_lists_is_found_beside_what_the_api_lists(registry):
    registry.referrers_api = False
    with opened(registry) as repository:
        attach(repository, ABOUT["signature"])
        attach(repository, ABOUT["sbom"])
        # The registry learns the API, which does not list what was there before.
        registry.referrers_api = True
        del registry.manifests["acme/x", str(Digest.of(ABOUT["signature"]))]

        found = repository.referrers(SUBJECT)

    assert {entry.digest for entry in found} == {
        Digest.of(ABOUT["signature"]),
        Digest.of(ABOUT["sbom"]),
    }
    assert len(found) == 2


def test_referrers_come_page_by_page(registry):
    registry.page = 1
    with opened(registry) as repository:
        for data in ABOUT.values():
            attach(repository, data)

        assert len(repository.referrers(SUBJECT)) == 3


@pytest.mark.parametrize(
    "says",
    [
        Out(404),
        Out(400),
        Out(405),
        Out(303, {"Location": "https://elsewhere.example/"}),
        Out(200, {"Content-Type": "text/html"}, b"<html>"),
        Out(200, {"Content-Type": "application/json"}, b"{}"),
    ],
)
def test_what_is_no_api_is_done_without(registry, says):
    registry.faults = [Fault("GET .*/referrers/", times=99, says=says)]
    registry.referrers_api = False
    with opened(registry) as repository:
        attach(repository, ABOUT["signature"])

        [entry] = repository.referrers(SUBJECT)

    assert entry.digest == Digest.of(ABOUT["signature"])


def test_an_entry_that_cannot_be_understood_hides_no_other(registry):
    right = described(ABOUT["signature"]).to_json()
    wrong = [7, {}, {**right, "digest": "sha256:0"}, {**right, "size": -1}, {"digest": "md5:0"}]
    hold(registry, {"schemaVersion": 2, "manifests": [*wrong, right]})

    with opened(registry) as repository:
        [entry] = repository.referrers(SUBJECT)

    assert entry == described(ABOUT["signature"])


def test_more_referrers_than_anybody_reads_are_no_answer(registry, monkeypatch):
    monkeypatch.setattr(referrers, "MAX_REFERRERS", 2)
    with opened(registry) as repository:
        for data in ABOUT.values():
            attach(repository, data)

        with pytest.raises(UndecidedError, match="more than 2 referrers"):
            repository.referrers(SUBJECT)


def test_pages_without_end_are_no_answer(registry):
    def more(out: Out) -> None:
        out.headers["Link"] = f'</v2/acme/x/referrers/{SUBJECT}?at=0>; rel="next"'

    registry.faults = [Fault("GET .*/referrers/", times=99, change=more)]
    with opened(registry) as repository, pytest.raises(UndecidedError, match="more than 10 pages"):
        repository.referrers(SUBJECT)


@pytest.mark.parametrize("data", [MODEL, b"no JSON"])
def test_a_tag_of_something_else_is_no_hindrance_to_the_api(registry, data):
    registry.manifests["acme/x", TAG] = (OCI_MANIFEST, data)
    with opened(registry) as repository:
        attach(repository, ABOUT["sbom"])

        [entry] = repository.referrers(SUBJECT)

        assert entry.digest == Digest.of(ABOUT["sbom"])
        registry.faults = [Fault("GET .*/referrers/", says=Out(404))]
        with pytest.raises((UndecidedError, MalformedError), match=TAG):
            repository.referrers(SUBJECT)


class TestTag:
    """The index of a registry that lists no referrers itself."""

    @pytest.fixture
    def repository(self, registry):
        registry.referrers_api = False
        with opened(registry) as repository:
            yield repository

    def test_what_others_wrote_is_kept_as_it_is(self, registry, repository):
        others = {"mediaType": OCI_MANIFEST, "digest": f"sha512:{'0' * 128}", "size": 7, "x": [1]}
        hold(
            registry,
            {
                "schemaVersion": 2,
                "mediaType": OCI_INDEX,
                "manifests": [others, others],
                "annotations": {"who": "somebody"},
                "unknown": {"a": None},
            },
        )

        attach(repository, ABOUT["signature"])

        value = index_of(registry)
        assert value["manifests"] == [others, described(ABOUT["signature"]).to_json()]
        assert value["annotations"] == {"who": "somebody"}
        assert value["unknown"] == {"a": None}

    def test_an_entry_is_listed_once(self, registry, repository):
        attach(repository, ABOUT["signature"])
        attach(repository, ABOUT["signature"])

        assert len(index_of(registry)["manifests"]) == 1

    @pytest.mark.parametrize(
        "data", [MODEL, b'{"schemaVersion":2,"manifests":7}', b'{"manifests":{}}']
    )
    def test_a_tag_of_something_else_is_left_alone(self, registry, repository, data):
        registry.manifests["acme/x", TAG] = (OCI_MANIFEST, data)

        with pytest.raises(UndecidedError, match=f"{TAG} is not an index of referrers"):
            repository.add_referrers([described(ABOUT["sbom"])], SUBJECT)

        assert registry.manifests["acme/x", TAG][1] == data

    def test_what_somebody_wrote_over_is_written_again(self, registry, repository):
        stranger = described(manifest("stranger", described(MODEL))).to_json()

        def overwrite(out: Out) -> None:
            hold(registry, {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [stranger]})

        registry.faults = [Fault(f"PUT .*{TAG}", times=3, change=overwrite)]

        attach(repository, ABOUT["sbom"])

        assert index_of(registry)["manifests"] == [
            stranger,
            described(ABOUT["sbom"]).to_json(),
        ]

    def test_what_somebody_wrote_over_of_others_is_written_again(self, registry, repository):
        attach(repository, ABOUT["signature"])

        def overwrite(out: Out) -> None:
            hold(registry, {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []})

        registry.faults = [Fault(f"PUT .*{TAG}", change=overwrite)]
        attach(repository, ABOUT["sbom"])

        digests = [entry["digest"] for entry in index_of(registry)["manifests"]]
        assert sorted(digests) == sorted(
            str(Digest.of(ABOUT[name])) for name in ("signature", "sbom")
        )

    def test_a_tag_that_others_write_all_the_time_is_given_up(self, registry, repository):
        def overwrite(out: Out) -> None:
            hold(registry, {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []})

        registry.faults = [Fault(f"PUT .*{TAG}", times=99, change=overwrite)]

        with pytest.raises(UndecidedError, match="written by others all the time"):
            attach(repository, ABOUT["sbom"])

    def test_a_writer_waits_before_it_looks_again(self, registry):
        registry.referrers_api = False
        waits = Waits()
        with opened(registry, backoff=waits.backoff()) as repository:
            attach(repository, ABOUT["sbom"])

        assert waits.seconds == [0.5]

    def test_threads_that_share_a_repository_lose_nothing(self, registry, repository):
        many = [manifest(f"about-{number}", described(MODEL)) for number in range(8)]

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda data: attach(repository, data), many))

        digests = {entry["digest"] for entry in index_of(registry)["manifests"]}
        assert digests == {str(Digest.of(data)) for data in many}
