"""Files that lie, change, or do not fit on the disk: one sentence, and nothing half-written."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import (
    COMMAND,
    assert_refused,
    call,
    environment,
    listing,
    refused,
    run,
)
from tests.support.meddling import meddling
from tests.support.weights import with_header

# Files that change while they are read


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10)


def rewrite(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("change", [grow, shrink, rewrite])
@pytest.mark.parametrize(
    "line",
    [
        "sbom llama -o out.json",
        "bundle model llama -o out.tar",
        "bundle model llama -o out",
        "bundle model llama -o out --link",
        "bundle adapter llama-lora --base llama -o out.tar",
        "sign llama --key release.key -o out.sig",
        "verify llama --key release.pub -o out.txt",
    ],
)
def test_a_file_that_changes_while_it_is_read_is_named(stage: Path, line: str, change):
    shard = stage / "llama" / "model-00002-of-00002.safetensors"
    before = set(listing(stage))
    with meddling(lambda: change(shard)) as meddler:
        done = call(*line.split(), cwd=stage)
    assert meddler.acted
    if "--link" in line and done.exit_code == 0:
        pytest.skip("the bytes are shared with the source here, and were hashed as they are now")
    assert_refused(done, 3, shard.name)
    assert set(listing(stage)) == before


# A disk that is full


def small_disk(size: int):
    """What a process can write to one file, from now on."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize(
    ("line", "size", "word"),
    [
        ("bundle model llama -o out.tar", 200_000, "out.tar"),
        ("bundle model llama -o out", 100_000, "out"),
        ("unpack llama.tar -o out", 100_000, "out"),
        ("sbom llama -o out.json", 1000, "out.json"),
        ("inspect llama -o out.txt", 1000, "out.txt"),
        ("verify llama --key release.pub -o out.txt", 200, "out.txt"),
        ("sign llama.tar --key release.key", 200_000, "llama.tar"),
        ("sign llama.bundle --key release.key", 1000, "llama.bundle"),
        ("sign llama --key release.key", 1000, "llama/model.sig"),
        ("keys generate -o out", 100, "out.key"),
    ],
)
def test_a_full_disk_leaves_nothing_behind(stage: Path, line: str, size: int, word: str):
    before = listing(stage)
    done = run(*line.split(), cwd=stage, before=small_disk(size))
    assert_refused(done, 1, word, "cannot be written")
    assert listing(stage) == before


def test_a_full_disk_behind_standard_output_is_one_sentence(stage: Path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "inspect", "llama"],
            cwd=stage,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("error: ")


def test_a_reader_that_goes_away_is_no_error(stage: Path):
    command = subprocess.Popen(
        [*COMMAND, "inspect", "llama", "--format", "json"],
        cwd=stage,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    command.stdout.close()
    _, complaint = command.communicate()
    assert (command.returncode, complaint) == (1, b"")


# Weights that lie

TENSOR = {"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}
HEADERS = {
    "empty": b"",
    "seven bytes": bytes(7),
    "no header": bytes(8),
    "a header beyond the file": (1 << 62).to_bytes(8, "little") + b"{}",
    "a cut header": with_header(json.dumps(TENSOR).encode())[:30],
    "not JSON": with_header(b"{" * 40),
    "no data": with_header(json.dumps(TENSOR).encode(), 0),
    "data too many": with_header(json.dumps(TENSOR).encode(), 99),
    "a tensor twice": with_header(b'{"w":{},"w":{}}'),
}


@pytest.mark.parametrize("case", HEADERS)
@pytest.mark.parametrize("line", ["bundle model llama -o out.tar", "sbom llama -o out.json"])
def test_weights_that_lie_are_named_and_nothing_is_made_of_them(stage: Path, case: str, line: str):
    (stage / "llama" / "lie.safetensors").write_bytes(HEADERS[case])
    refused(stage, line, 3, "llama", "lie.safetensors")


@pytest.mark.parametrize("case", HEADERS)
def test_weights_that_lie_are_shown_with_a_finding(stage: Path, case: str):
    (stage / "llama" / "lie.safetensors").write_bytes(HEADERS[case])
    done = call("inspect", "llama", cwd=stage)
    assert (done.exit_code, done.err) == (3, "")
    assert "[AIV-FORMAT-MALFORMED]" in done.out
    assert "lie.safetensors" in done.out


def test_weights_that_lie_are_named_where_they_deny(stage: Path):
    (stage / "llama" / "lie.safetensors").write_bytes(HEADERS["no header"])
    assert call("sign", "llama", "--key", "release.key", cwd=stage).exit_code == 0
    done = call("verify", "llama", "--key", "release.pub", cwd=stage)
    findings, _, verdict = done.out.partition("Findings\n")[2].partition("Verdict\n")
    assert done.exit_code == 10
    assert "lie.safetensors" in findings
    assert "lie.safetensors" in verdict


@pytest.mark.parametrize("honest", [True, False])
def test_ten_gigabytes_are_inspected_by_their_header(tmp_path: Path, honest: bool):
    size = 10 << 30
    tensor = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    header = with_header(json.dumps({"w": tensor}).encode())
    path = tmp_path / "large.safetensors"
    path.write_bytes(header if honest else b"")
    with path.open("r+b") as file:
        file.truncate(len(header) + size)
    done = call("inspect", path.name, cwd=tmp_path)
    assert done.exit_code == (0 if honest else 3)
    assert "10.0 GiB" in done.out


def test_an_index_that_names_a_missing_shard_is_refused(stage: Path):
    (stage / "llama" / "model-00002-of-00002.safetensors").unlink()
    refused(
        stage,
        "bundle model llama -o out.tar",
        3,
        "model.safetensors.index.json",
        "model-00002-of-00002.safetensors",
        "is not there",
    )
    assert call("inspect", "llama", cwd=stage).exit_code == 3


def test_broken_front_matter_is_said_and_makes_no_model_unusable(stage: Path):
    (stage / "llama" / "README.md").write_text("---\nlicense: [mit\n---\n# A card\n")
    done = call("inspect", "llama", cwd=stage)
    assert (done.exit_code, done.err) == (0, "")
    assert "[AIV-FORMAT-MALFORMED]" in done.out
    done = call("bundle", "model", "llama", "-o", "out.tar", cwd=stage)
    assert done.exit_code == 0
    assert "front matter is not YAML" in done.out
