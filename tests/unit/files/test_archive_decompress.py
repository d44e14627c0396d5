"""Packed streams: what comes of one in pieces, and what a bomb comes to."""

from __future__ import annotations

import gzip
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.core.layers import Compression
from aiverify.errors import MalformedError
from aiverify.files.archive import decompress
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.decompress import PIECE, decompressed
from aiverify.files.archive.extract import unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.files.tar import END, header
from tests.support import foreign

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DATA = bytes(range(256)) * 4000 + os.urandom(300_000) + bytes(2_000_000)
GIB = 1 << 30

PACKERS = {Compression.GZIP: gzip.compress, Compression.ZSTD: foreign.zstd}
packings = pytest.mark.parametrize("packing", PACKERS)


def pieces(data: bytes, size: int) -> Iterator[memoryview]:
    for start in range(0, len(data), size):
        yield memoryview(data)[start : start + size]


def unpacked(
    data: bytes, packing: Compression, size: int = 1 << 18, budget: Budget | None = None
) -> bytes:
    found = decompressed(pieces(data, size), packing, budget or Budget(GIB), "blob")
    return b"".join(map(bytes, found))


def refused(data: bytes, packing: Compression, size: int = 1 << 18) -> str:
    with pytest.raises(MalformedError) as caught:
        unpacked(data, packing, size)
    assert caught.value.message.startswith("blob ")
    assert caught.value.message.isprintable()
    return caught.value.message


def zeros(count: int, packing: Compression) -> bytes:
    """So many zeros, packed as small as can be."""
    mebibyte = bytes(1 << 20)
    machine = (
        zlib.compressobj(9, wbits=31) if packing is Compression.GZIP else zstd.ZstdCompressor()
    )
    first = machine.compress(mebibyte) + b"".join(
        machine.compress(mebibyte) for _ in range((count >> 20) - 1)
    )
    return first + machine.flush()


@packings
@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 16, 1 << 20])
def test_a_stream_comes_out_however_it_is_cut(packing: Compression, size: int) -> None:
    data = DATA[:20_000] if size < 1000 else DATA
    assert unpacked(PACKERS[packing](data), packing, size) == data


@pytest.mark.parametrize("size", [1, 1000, 1 << 18])
def test_a_stream_that_is_not_packed_passes(size: int) -> None:
    assert unpacked(DATA[:5000], Compression.NONE, size) == DATA[:5000]


@packings
def test_no_piece_is_large(packing: Compression) -> None:
    data = PACKERS[packing](bytes(40 << 20))
    found = [len(piece) for piece in decompressed([memoryview(data)], packing, Budget(GIB), "blob")]
    assert sum(found) == 40 << 20
    assert max(found) <= PIECE


@packings
@pytest.mark.parametrize("size", [1, 100, 1 << 18])
def test_streams_one_behind_the_other_are_one(packing: Compression, size: int) -> None:
    parts = [b"one", b"", DATA[:3000], b"", b"end"]
    packed = b"".join(map(PACKERS[packing], parts))
    assert unpacked(packed, packing, size) == b"".join(parts)


@pytest.mark.parametrize("size", [1, 1 << 18])
def test_frames_that_zstd_skips_are_skipped(size: int) -> None:
    skipped = struct.pack("<II", 0x184D2A50, 5) + b"notes"
    packed = skipped + foreign.zstd(b"one") + skipped + foreign.zstd(b"two") + skipped
    assert unpacked(packed, Compression.ZSTD, size) == b"onetwo"


@packings
@pytest.mark.parametrize("garbage", [b"garbage", bytes(20), b"\x1f\x8b\x07\0\0", b"PK\x03\x04"])
@pytest.mark.parametrize("size", [3, 1 << 18])
def test_what_stands_behind_the_end_is_refused(
    packing: Compression, garbage: bytes, size: int
) -> None:
    message = refused(PACKERS[packing](b"content") + garbage, packing, size)
    assert f"other data after its {packing} data" in message


@packings
def test_a_byte_behind_the_end_is_refused(packing: Compression) -> None:
    refused(PACKERS[packing](b"content") + b"\0", packing)


@packings
def test_a_stream_that_ends_early_is_refused(packing: Compression) -> None:
    whole = PACKERS[packing](DATA[:5000])
    for kept in (0, 1, 5, 10, 100, len(whole) - 5, len(whole) - 1):
        assert f"ends in the middle of its {packing} data" in refused(whole[:kept], packing)


@packings
def test_what_is_not_packed_is_refused(packing: Compression) -> None:
    for data in (b"plain text", bytes(600), b"\xfd7zXZ\0", PACKERS[packing](b"x")[1:]):
        assert f"cannot be unpacked by {packing}" in refused(data, packing)


def test_gzip_is_not_taken_for_zstd_nor_the_other_way() -> None:
    refused(gzip.compress(DATA[:99]), Compression.ZSTD)
    refused(foreign.zstd(DATA[:99]), Compression.GZIP)
    refused(zlib.compress(DATA[:99]), Compression.GZIP)


@pytest.mark.parametrize("place", [-8, -1])
def test_a_wrong_checksum_of_gzip_is_noticed(place: int) -> None:
    packed = bytearray(gzip.compress(DATA[:5000]))
    packed[place] ^= 1
    refused(bytes(packed), Compression.GZIP)


def test_a_wrong_checksum_of_zstd_is_noticed() -> None:
    options = {zstd.CompressionParameter.checksum_flag: 1}
    packed = bytearray(zstd.compress(DATA[:5000], options=options))
    packed[-1] ^= 1
    refused(bytes(packed), Compression.ZSTD)


def windowed(log: int) -> bytes:
    """A frame that lets its reader keep so many bytes."""
    machine = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: log})
    return machine.compress(b"content") + machine.flush()


def test_a_window_of_128_mib_is_the_largest() -> None:
    assert unpacked(windowed(27), Compression.ZSTD) == b"content"
    assert "too much memory" in refused(windowed(28), Compression.ZSTD)
    assert "too much memory" in refused(windowed(31), Compression.ZSTD)


@packings
def test_streams_without_end_are_refused(
    packing: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decompress, "MAX_STREAMS", 50)
    empty = PACKERS[packing](b"")
    assert unpacked(empty * 50, packing) == b""
    assert "holds more than 50" in refused(empty * 51, packing)


@packings
@pytest.mark.parametrize("wrapped", [False, True])
def test_ten_gigabytes_of_zeros_stop_early(
    packing: Compression, wrapped: bool, tmp_path: Path
) -> None:
    start = PACKERS[packing](header("model.bin", (1 << 33) - 1)) if wrapped else b""
    blob = tmp_path / "blob"
    blob.write_bytes(start + zeros(GIB // 8, packing) * 80)
    out = tmp_path / "out"
    out.mkdir()
    taken: list[int] = []
    with pytest.raises(MalformedError) as caught:
        unpack_layer(
            Extent.of_file(blob),
            packing,
            out,
            budget=Budget(100 * GIB),
            progress=Silent(),
            sinks=[lambda chunk: taken.append(len(chunk))],
        )
    if wrapped:
        assert "would unpack to more than 1000 times its size" in caught.value.message
        assert (out / "model.bin").stat().st_size <= 80 << 20
    else:
        assert "has data after the end of its archive" in caught.value.message
    assert sum(taken) <= 1 << 18


@packings
def test_a_small_blob_may_unpack_to_64_mib(packing: Compression) -> None:
    assert unpacked(PACKERS[packing](bytes(64 << 20)), packing) == bytes(64 << 20)


def test_a_large_ratio_may_be_allowed() -> None:
    packed = zeros(80 << 20, Compression.ZSTD)
    assert "1000 times" in refused(packed, Compression.ZSTD)
    found = unpacked(packed, Compression.ZSTD, budget=Budget(GIB, ratio=100_000))
    assert len(found) == 80 << 20


@pytest.mark.parametrize("packing", Compression)
def test_the_layers_of_an_artifact_share_one_budget(packing: Compression) -> None:
    archive = header("a", 0) + END
    data = archive if packing is Compression.NONE else PACKERS[packing](archive)
    budget = Budget(2 * len(archive) + 100)
    for _ in range(2):
        assert unpacked(data, packing, budget=budget) == archive
    with pytest.raises(MalformedError, match=f"more than {budget.total} bytes"):
        unpacked(data, packing, budget=budget)


def test_budgets_of_the_same_limits_are_equal_and_spent_apart() -> None:
    first, second = Budget(10), Budget(10)
    first.spend(10, "blob")
    assert first == second
    second.spend(10, "blob")
    with pytest.raises(MalformedError):
        first.spend(1, "blob")
