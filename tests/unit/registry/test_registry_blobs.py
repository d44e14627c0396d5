from __future__ import annotations

import os

import pytest

from aiverify.errors import DeniedError, InputError, MalformedError, OutputError, UndecidedError
from aiverify.files.progress import Silent
from aiverify.registry import blobs
from tests.support.registry_desk import Tally, Waits, blob, opened
from tests.support.small_registry import NEVER, Fault, Out, running

DATA = os.urandom(3_000_000)
BLOB = blob(DATA)
ANY_BLOB = "GET .*/blobs/"


@pytest.fixture
def registry():
    with running() as registry:
        registry.add(DATA)
        yield registry


def streamed(repository, descriptor=BLOB):
    parts, tally = [], Tally()
    repository.stream(descriptor, lambda chunk: parts.append(bytes(chunk)), tally)
    assert tally.count == descriptor.size
    return b"".join(parts)


def other_length(count):
    def change(out: Out) -> None:
        out.length = count

    return change


def flipped(out: Out) -> None:
    out.body = out.body[:1000] + bytes([out.body[1000] ^ 1]) + out.body[1001:]


def test_a_blob_streams_in_order(registry):
    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_a_blob_goes_on_where_the_connection_broke(registry):
    registry.faults = [Fault(ANY_BLOB, cut=1_000_000), Fault(ANY_BLOB, cut=1_500_000)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA

    assert [one.headers.get("range") for one in registry.asked] == [
        None,
        f"bytes=1000000-{len(DATA) - 1}",
        f"bytes=2500000-{len(DATA) - 1}",
    ]


def test_more_breaks_than_there_are_attempts_do_no_harm_while_bytes_come(registry):
    registry.faults = [Fault(ANY_BLOB, times=20, cut=100_000)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_a_blob_of_which_nothing_comes_is_given_up(registry):
    registry.faults = [Fault(ANY_BLOB, times=100, cut=0)]
    waits = Waits()

    with (
        opened(registry, backoff=waits.backoff()) as repository,
        pytest.raises(UndecidedError, match=r"127\.0\.0\.1:\d+ "),
    ):
        streamed(repository)

    assert registry.count("GET") == 6
    assert len(waits.seconds) == 5


def test_a_registry_that_ignores_ranges_is_read_from_its_beginning(registry):
    registry.ranges = False
    registry.faults = [Fault(ANY_BLOB, cut=1_000_000)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_a_range_that_is_another_one_is_not_believed(registry):
    def lie(out: Out) -> None:
        out.headers["Content-Range"] = f"bytes 0-{len(DATA) - 1}/{len(DATA)}"

    registry.faults = [Fault(ANY_BLOB, cut=1_000_000), Fault(ANY_BLOB, change=lie)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_other_bytes_under_the_right_range_are_found_out(registry):
    registry.faults = [Fault(ANY_BLOB, cut=1_000_000), Fault(ANY_BLOB, change=flipped)]

    with opened(registry) as repository, pytest.raises(DeniedError, match="gives sha256:"):
        streamed(repository)


def test_an_answer_that_is_cut_short_and_says_so_is_asked_for_again(registry):
    def shorten(out: Out) -> None:
        out.body = out.body[:500]

    registry.faults = [Fault(ANY_BLOB, change=shorten)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_a_blob_that_is_always_of_another_size_is_refused(registry):
    registry.blobs["acme/x", str(BLOB.digest)] = DATA + b"more"

    with opened(registry) as repository, pytest.raises(DeniedError, match="speaks of 3000004"):
        streamed(repository)


def test_bytes_beyond_the_end_are_refused_where_no_length_is_stated(registry):
    def unbounded(out: Out) -> None:
        out.body += b"more"
        out.headers["Transfer-Encoding"] = "chunked"
        out.body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(out.body), out.body)

    registry.faults = [Fault(ANY_BLOB, times=100, change=unbounded)]

    with opened(registry) as repository, pytest.raises(DeniedError, match="more than the 3000000"):
        streamed(repository)


def test_a_chunked_answer_that_ends_early_goes_on(registry):
    def early(out: Out) -> None:
        out.headers["Transfer-Encoding"] = "chunked"
        out.body = b"%x\r\n%s\r\n" % (1000, out.body[:1000])

    registry.faults = [Fault(ANY_BLOB, change=early, cut=NEVER)]

    with opened(registry) as repository:
        assert streamed(repository) == DATA


def test_a_blob_that_is_not_there_is_said_so(registry):
    with opened(registry) as repository, pytest.raises(InputError, match="does not exist"):
        streamed(repository, blob(b"another"))


def test_an_empty_blob_needs_no_request(registry):
    with opened(registry) as repository:
        assert streamed(repository, blob(b"")) == b""

    assert registry.asked == []


def test_a_small_blob_is_read_whole(registry):
    with opened(registry) as repository:
        assert repository.read_blob(BLOB, len(DATA)) == DATA


def test_a_blob_that_says_to_be_large_is_not_read_into_memory(registry):
    with opened(registry) as repository, pytest.raises(MalformedError, match="the limit here"):
        repository.read_blob(BLOB, len(DATA) - 1)

    assert registry.asked == []


def test_a_blob_is_there_if_its_size_is_right(registry):
    with opened(registry) as repository:
        assert repository.has_blob(BLOB)
        assert not repository.has_blob(blob(b"another"))

        registry.faults = [Fault("HEAD", change=other_length(7))]
        assert not repository.has_blob(BLOB)


class TestRange:
    """A part of a blob, which nobody can check."""

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, 10), (5, 5), (1_000_000, 2_000_000), (2_999_990, len(DATA)), (0, len(DATA))],
    )
    @pytest.mark.parametrize("ranges", [True, False])
    def test_a_part_is_read(self, registry, start, end, ranges):
        registry.ranges = ranges
        with opened(registry) as repository:
            assert repository.read_range(BLOB, start, end) == DATA[start:end]

    def test_no_more_than_a_part_is_asked_for(self, registry):
        with opened(registry) as repository:
            repository.read_range(BLOB, 0, 10)

        assert registry.asked[-1].headers["range"] == "bytes=0-9"

    def test_a_part_goes_on_where_the_connection_broke(self, registry):
        registry.faults = [Fault(ANY_BLOB, times=5, cut=100_000)]
        with opened(registry) as repository:
            assert repository.read_range(BLOB, 7, 1_000_000) == DATA[7:1_000_000]

    def test_more_than_the_part_is_not_taken(self, registry):
        def more(out: Out) -> None:
            out.body += b"more"

        registry.faults = [Fault(ANY_BLOB, change=more)]
        with opened(registry) as repository:
            assert repository.read_range(BLOB, 7, 1000) == DATA[7:1000]

    def test_a_part_far_in_is_not_waited_for(self, registry, monkeypatch):
        monkeypatch.setattr(blobs, "MAX_SKIPPED", 1000)
        registry.ranges = False
        with opened(registry) as repository:
            assert repository.read_range(BLOB, 1000, 1001) == DATA[1000:1001]
            with pytest.raises(UndecidedError, match="does not give the part"):
                repository.read_range(BLOB, 1001, 1002)

    @pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4), (0, len(DATA) + 1)])
    def test_a_part_outside_is_refused(self, registry, start, end):
        with opened(registry) as repository, pytest.raises(MalformedError, match="outside"):
            repository.read_range(BLOB, start, end)


class TestDownload:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "weights.safetensors"

    def fetch(self, registry, path, descriptor=BLOB):
        tally = Tally()
        with opened(registry) as repository:
            repository.download(descriptor, path, tally)
        assert tally.count == descriptor.size

    def test_a_file_has_its_name_when_it_is_whole(self, registry, path):
        self.fetch(registry, path)

        assert path.read_bytes() == DATA
        assert [child.name for child in path.parent.iterdir()] == [path.name]

    def test_what_an_earlier_try_left_is_not_fetched_again(self, registry, path):
        path.with_name(f"{path.name}.partial").write_bytes(DATA[:2_000_000])

        self.fetch(registry, path)

        assert path.read_bytes() == DATA
        assert registry.asked[-1].headers["range"] == f"bytes=2000000-{len(DATA) - 1}"

    def test_what_is_whole_already_needs_no_request(self, registry, path):
        path.with_name(f"{path.name}.partial").write_bytes(DATA)

        self.fetch(registry, path)

        assert path.read_bytes() == DATA
        assert registry.asked == []

    @pytest.mark.parametrize("left", [b"\0" * 1000, DATA + b"x", b"\0" * len(DATA)])
    def test_what_is_left_and_wrong_is_fetched_anew(self, registry, path, left):
        path.with_name(f"{path.name}.partial").write_bytes(left)

        self.fetch(registry, path)

        assert path.read_bytes() == DATA

    def test_a_broken_try_is_kept_for_the_next(self, registry, path):
        registry.faults = [Fault(ANY_BLOB, cut=1_234_567), Fault(ANY_BLOB, times=6, cut=0)]

        with opened(registry) as repository, pytest.raises(UndecidedError):
            repository.download(BLOB, path, Silent())

        assert not path.exists()
        assert path.with_name(f"{path.name}.partial").read_bytes() == DATA[:1_234_567]

    def test_wrong_bytes_leave_nothing_behind(self, registry, path):
        registry.faults = [Fault(ANY_BLOB, times=9, change=flipped)]

        with opened(registry) as repository, pytest.raises(DeniedError):
            repository.download(BLOB, path, Silent())

        assert list(path.parent.iterdir()) == []

    def test_wrong_bytes_after_what_was_left_leave_nothing_behind(self, registry, path):
        path.with_name(f"{path.name}.partial").write_bytes(DATA[:2_000_000])
        registry.faults = [Fault(ANY_BLOB, times=9, change=flipped)]

        with opened(registry) as repository, pytest.raises(DeniedError):
            repository.download(BLOB, path, Silent())

        assert list(path.parent.iterdir()) == []

    def test_a_link_in_the_way_is_not_followed(self, registry, path, tmp_path):
        victim = tmp_path / "victim"
        victim.write_bytes(b"mine")
        path.with_name(f"{path.name}.partial").symlink_to(victim)

        with opened(registry) as repository, pytest.raises(OutputError):
            repository.download(BLOB, path, Silent())

        assert victim.read_bytes() == b"mine"

    def test_a_pipe_in_the_way_is_not_waited_for(self, registry, path):
        os.mkfifo(path.with_name(f"{path.name}.partial"))

        with opened(registry) as repository, pytest.raises(OutputError, match="a named pipe"):
            repository.download(BLOB, path, Silent())

    def test_two_at_once_do_not_write_one_file(self, registry, path):
        with opened(registry) as repository, opened(registry) as other:

            class Meddler(Tally):
                said = ""

                def advance(self, count):
                    super().advance(count)
                    try:
                        other.download(BLOB, path, Silent())
                    except OutputError as error:
                        self.said = error.message

            meddler = Meddler()
            repository.download(BLOB, path, meddler)

        assert "another process" in meddler.said
        assert path.read_bytes() == DATA

    def test_a_directory_that_is_not_there_is_said_so(self, registry, path):
        with opened(registry) as repository, pytest.raises(OutputError, match="cannot be written"):
            repository.download(BLOB, path.parent / "none" / "file", Silent())
