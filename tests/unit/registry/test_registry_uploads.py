from __future__ import annotations

import os

import pytest

from aiverify.errors import ChangedError, DeniedError, UndecidedError
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.registry import transfer
from aiverify.registry.repository import Uploaded
from tests.support.registry_desk import Tally, Tokens, Waits, blob, opened
from tests.support.small_registry import Fault, Out, running

DATA = os.urandom(1_000_000)
BLOB = blob(DATA)
PART = 100_000
PATCH = "PATCH .*/blobs/uploads/"


@pytest.fixture
def registry():
    with running() as registry:
        yield registry


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(transfer, "SMALL", 1000)
    monkeypatch.setattr(transfer, "CHUNK", PART)
    monkeypatch.setattr(transfer, "LEAST_CHUNK", 10_000)


@pytest.fixture
def extent(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(DATA)
    return Extent.of_file(path)


def send(registry, extent, descriptor=BLOB, **options):
    mount_from = options.pop("mount_from", "")
    tally = Tally()
    with opened(registry, **options) as repository:
        done = repository.upload(descriptor, extent, tally, mount_from=mount_from)
    assert tally.count == descriptor.size
    return done


def held(registry, name="acme/x", descriptor=BLOB):
    return registry.blobs.get((name, str(descriptor.digest)))


def test_a_large_blob_is_sent_in_parts(registry, extent):
    assert send(registry, extent) is Uploaded.SENT

    assert held(registry) == DATA
    ranges = [one.headers["content-range"] for one in registry.asked if one.method == "PATCH"]
    assert ranges == [f"{at}-{at + PART - 1}" for at in range(0, len(DATA), PART)]


def test_a_small_blob_is_sent_in_one_request(registry, tmp_path):
    (tmp_path / "small").write_bytes(b"small")

    send(registry, Extent.of_file(tmp_path / "small"), blob(b"small"))

    assert held(registry, descriptor=blob(b"small")) == b"small"
    assert [one.method for one in registry.asked] == ["HEAD", "POST", "PUT"]


@pytest.mark.parametrize("data", [b"", b"{}", DATA])
def test_bytes_in_memory_are_sent(registry, data):
    with opened(registry) as repository:
        assert repository.push_bytes(data) is Uploaded.SENT
        assert repository.push_bytes(data) is Uploaded.EXISTED

    assert held(registry, descriptor=blob(data)) == data


def test_a_blob_of_no_bytes_is_sent(registry, tmp_path):
    (tmp_path / "empty").touch()

    send(registry, Extent.of_file(tmp_path / "empty"), blob(b""))

    assert held(registry, descriptor=blob(b"")) == b""


def test_a_part_of_a_file_is_sent(registry, extent):
    send(registry, extent.part(500, 250_001), blob(DATA[500:250_501]))

    assert held(registry, descriptor=blob(DATA[500:250_501])) == DATA[500:250_501]


def test_a_blob_that_is_there_is_not_sent(registry, extent):
    registry.add(DATA)

    assert send(registry, extent) is Uploaded.EXISTED
    assert [one.method for one in registry.asked] == ["HEAD"]


def test_a_blob_that_another_repository_has_is_mounted(registry, extent):
    registry.add(DATA, "acme/base")

    assert send(registry, extent, mount_from="acme/base") is Uploaded.MOUNTED
    assert held(registry) == DATA
    assert registry.count("PATCH|PUT") == 0


@pytest.mark.parametrize("status", [202, 400, 401, 403, 404, 405])
def test_a_blob_that_is_not_mounted_is_sent(registry, extent, status):
    registry.mounts = False
    if status != 202:
        registry.faults = [Fault("POST .*mount=", says=Out(status))]

    assert send(registry, extent, mount_from="acme/base") is Uploaded.SENT
    assert held(registry) == DATA


def test_a_mount_of_something_else_is_not_believed(registry, extent):
    lie = Out(201, {"Docker-Content-Digest": str(blob(b"else").digest)})
    registry.faults = [Fault("POST .*mount=", says=lie)]

    assert send(registry, extent, mount_from="acme/base") is Uploaded.SENT
    assert held(registry) == DATA


def test_an_upload_goes_on_where_the_connection_broke(registry, extent):
    registry.faults = [Fault(f"{PATCH}.*=300000", heard=70_000)]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 1
    assert any(one.headers.get("content-range", "").startswith("370000-") for one in registry.asked)


def test_an_upload_goes_on_when_the_answer_to_a_part_was_lost(registry, extent):
    registry.faults = [Fault(f"{PATCH}.*=300000", lost=True)]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_upload_goes_on_when_the_registry_is_busy(registry, extent, status):
    registry.faults = [Fault(f"{PATCH}.*=200000", times=3, says=Out(status))]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 1


def test_more_breaks_than_there_are_attempts_do_no_harm_while_bytes_arrive(registry, extent):
    registry.faults = [Fault(PATCH, times=50, heard=20_000)]

    send(registry, extent)

    assert held(registry) == DATA


def test_an_upload_that_the_registry_lost_begins_anew(registry, extent):
    registry.faults = [Fault(f"{PATCH}.*=300000", says=Out(404))]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 2


def test_an_upload_whose_place_is_not_known_any_more_begins_anew(registry, extent):
    registry.faults = [
        Fault(f"{PATCH}.*=300000", heard=1),
        Fault("GET .*/blobs/uploads/", says=Out(404)),
    ]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 2


def test_a_registry_that_loses_every_upload_is_given_up(registry, extent):
    registry.faults = [Fault(f"{PATCH}.*=300000", times=99, says=Out(416))]
    waits = Waits()

    with pytest.raises(UndecidedError, match="does not know any more"):
        send(registry, extent, backoff=waits.backoff())

    assert registry.count("POST") == 6
    assert held(registry) is None


def test_a_registry_that_speaks_of_bytes_that_nobody_sent_is_not_believed(registry, extent):
    def lie(out: Out) -> None:
        out.headers["Range"] = "0-999999"

    registry.faults = [Fault(PATCH, change=lie)]

    send(registry, extent)

    assert held(registry) == DATA


def test_a_registry_that_says_to_have_less_is_sent_the_rest(registry, extent):
    def lose(out: Out) -> None:
        number, upload = next(iter(registry.uploads.items()))
        del upload[250_000:]
        out.headers["Range"] = "0-249999"
        out.headers["Location"] = f"/v2/acme/x/blobs/uploads/{number}?state=250000"

    registry.faults = [Fault(f"{PATCH}.*=200000", change=lose)]

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("POST") == 1


def test_a_registry_that_says_to_have_more_than_it_has_stores_nothing_wrong(registry, extent):
    def lie(out: Out) -> None:
        out.headers["Range"] = "0-399999"

    registry.faults = [
        Fault(f"{PATCH}.*=300000", heard=10_000),
        Fault("GET .*/blobs/uploads/", change=lie),
    ]

    send(registry, extent)

    assert held(registry) == DATA


def test_a_registry_that_takes_no_parts_gets_the_whole(registry, extent):
    registry.takes_parts = False

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("PATCH") == 1


def test_a_registry_that_hangs_up_on_parts_gets_the_whole(registry, extent):
    registry.takes_parts = False
    registry.faults = [Fault(PATCH, times=99, heard=10)]

    send(registry, extent)

    assert held(registry) == DATA


def test_a_whole_that_breaks_is_sent_again(registry, extent):
    registry.takes_parts = False
    registry.faults = [Fault("PUT", times=2, heard=50_000)]

    send(registry, extent)

    assert held(registry) == DATA


def test_parts_are_as_large_as_the_registry_wants(registry, extent):
    registry.least_chunk = 400_000

    send(registry, extent)

    assert held(registry) == DATA
    assert registry.count("PATCH") == 3


def test_parts_are_as_small_as_the_registry_takes(registry, extent):
    registry.most_body = 30_000

    send(registry, extent)

    assert held(registry) == DATA


def test_a_registry_that_takes_nothing_but_tiny_parts_is_refused(registry, extent):
    registry.most_body = 100

    with pytest.raises(DeniedError, match="takes no 10000 bytes"):
        send(registry, extent)


def test_an_end_whose_answer_was_lost_is_an_end(registry, extent):
    registry.faults = [Fault("PUT", lost=True)]

    send(registry, extent)

    assert held(registry) == DATA


def test_a_registry_that_keeps_it_by_another_digest_is_refused(registry, extent):
    def lie(out: Out) -> None:
        out.headers["Docker-Content-Digest"] = str(blob(b"else").digest)

    registry.faults = [Fault("PUT", change=lie)]

    with pytest.raises(DeniedError, match="by another digest"):
        send(registry, extent)


@pytest.mark.parametrize("size", [0, 500, 5000, len(DATA)])
def test_wrong_bytes_are_never_stored(registry, tmp_path, size):
    path = tmp_path / "wrong"
    path.write_bytes(b"x" * size)
    right = blob(DATA[:size] if size else DATA)

    with pytest.raises(DeniedError, match="what was to be sent as"):
        send(registry, Extent.of_file(path), right)

    assert registry.blobs == {}
    assert all(not upload for upload in registry.uploads.values())


def test_wrong_bytes_in_one_request_break_it_off(registry, extent, monkeypatch):
    monkeypatch.setattr(transfer, "SMALL", len(DATA))

    with pytest.raises(DeniedError, match="nothing of it is stored"):
        send(registry, extent, blob(DATA[:-1] + b"x"))

    assert registry.blobs == registry.uploads == {}


def test_a_file_that_changes_while_it_is_sent_is_refused(registry, extent):
    class Writer(Tally):
        def advance(self, count):
            super().advance(count)
            with extent.path.open("r+b") as file:
                file.seek(900_000)
                file.write(b"changed")

    with opened(registry) as repository, pytest.raises((DeniedError, ChangedError)):
        repository.upload(BLOB, extent, Writer())

    assert registry.blobs == {}


def test_a_token_that_expires_between_two_parts_is_renewed(registry, extent):
    registry.authorizations = {"Bearer one"}

    def expire(out: Out) -> None:
        registry.authorizations = {"Bearer two"}

    registry.faults = [Fault(f"{PATCH}.*=200000", change=expire)]
    tokens = Tokens(["Bearer one", "Bearer two"])

    send(registry, extent, authorizer=tokens)

    assert held(registry) == DATA
    assert tokens.forgotten == 1


class TestRemembered:
    """What is kept between two runs."""

    @pytest.fixture
    def state(self, tmp_path):
        return tmp_path / "state"

    def break_off(self, registry, extent, state):
        registry.faults = [Fault(f"{PATCH}.*=400000", times=6, heard=0)]
        with opened(registry, state=state) as repository, pytest.raises(UndecidedError):
            repository.upload(BLOB, extent, Silent())
        registry.faults = []
        registry.asked.clear()

    def test_an_upload_goes_on_in_the_next_run(self, registry, extent, state):
        self.break_off(registry, extent, state)

        send(registry, extent, state=state)

        assert held(registry) == DATA
        assert registry.count("POST") == 0
        assert registry.count("PATCH") == 6
        assert list(state.iterdir()) == []

    def test_what_is_remembered_is_for_its_owner_alone(self, registry, extent, state):
        self.break_off(registry, extent, state)

        [file] = state.iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert state.stat().st_mode & 0o777 == 0o700

    def test_an_upload_that_is_gone_by_then_begins_anew(self, registry, extent, state):
        self.break_off(registry, extent, state)
        registry.uploads.clear()

        send(registry, extent, state=state)

        assert held(registry) == DATA
        assert registry.count("POST") == 1

    def test_what_the_registry_has_of_other_bytes_begins_anew(self, registry, extent, state):
        self.break_off(registry, extent, state)
        for upload in registry.uploads.values():
            upload[7] ^= 1

        send(registry, extent, state=state)

        assert held(registry) == DATA

    @pytest.mark.parametrize(
        "kept",
        ["", "\n", "http://registry.example/u\n", "file:///etc/passwd\n", "\0\xff", "x" * 9999],
    )
    def test_what_is_kept_and_wrong_begins_anew(self, registry, extent, state, kept):
        self.break_off(registry, extent, state)
        [file] = state.iterdir()
        file.write_text(kept, encoding="latin-1")

        send(registry, extent, state=state)

        assert held(registry) == DATA

    def test_a_small_blob_is_not_remembered(self, registry, tmp_path, state):
        (tmp_path / "small").write_bytes(b"small")

        send(registry, Extent.of_file(tmp_path / "small"), blob(b"small"), state=state)

        assert not state.exists()

    def test_a_wrong_upload_is_forgotten(self, registry, extent, state):
        with opened(registry, state=state) as repository, pytest.raises(DeniedError):
            repository.upload(blob(DATA[:-1] + b"x"), extent, Silent())

        assert list(state.iterdir()) == []
        assert registry.uploads == {}

    def test_a_state_that_cannot_be_written_is_no_hindrance(self, registry, extent, tmp_path):
        (tmp_path / "state").write_text("a file")

        send(registry, extent, state=tmp_path / "state")

        assert held(registry) == DATA


class TestCopy:
    """From one registry to another, by way of this machine's memory alone."""

    @pytest.fixture
    def other(self):
        with running() as other:
            other.add(DATA)
            yield other

    def copy(self, other, registry, descriptor=BLOB, name="acme/x"):
        tally = Tally()
        with opened(other) as source, opened(registry, name) as repository:
            done = repository.copy_blob_from(source, descriptor, tally)
        assert tally.count == descriptor.size
        return done

    def test_a_blob_is_copied(self, registry, other):
        assert self.copy(other, registry) is Uploaded.SENT

        assert held(registry) == DATA
        assert other.count("GET .*/blobs/") == 1

    def test_a_blob_of_the_same_registry_is_mounted(self, other):
        assert self.copy(other, other, name="acme/y") is Uploaded.MOUNTED

        assert other.count("GET .*/blobs/") == 0

    def test_both_ends_may_break(self, registry, other):
        other.faults = [Fault("GET .*/blobs/", times=5, cut=150_000)]
        registry.faults = [Fault(PATCH, times=9, heard=33_000)]

        self.copy(other, registry)

        assert held(registry) == DATA

    def test_wrong_bytes_are_not_passed_on(self, registry, other):
        other.blobs["acme/x", str(BLOB.digest)] = DATA[:-1] + b"x"

        with pytest.raises(DeniedError, match="nothing of it is stored"):
            self.copy(other, registry)

        assert registry.blobs == {}
        assert registry.uploads == {}

    def test_a_small_one_is_not_passed_on_either(self, registry, other):
        small = blob(b"small")
        other.blobs["acme/x", str(small.digest)] = b"smell"

        with pytest.raises(DeniedError):
            self.copy(other, registry, small)

        assert registry.blobs == {}
