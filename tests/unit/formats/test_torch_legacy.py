"""PyTorch's files from before the archive: pickles in a row, and bytes behind them."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State, Tensor
from tests.corpus.torches import SYSTEM
from tests.support.looking import look_at
from tests.support.pickle_files import pickled, text
from tests.support.torch_files import Weight, legacy


@pytest.fixture
def seen(tmp_path: Path) -> partial[FileFacts]:
    return partial(look_at, tmp_path, "model.pt")


def rules_of(found: FileFacts) -> set[str]:
    return {finding.rule for finding in found.facts.findings}


def test_a_checkpoint_states_its_tensors(seen: partial[FileFacts]) -> None:
    found = seen(legacy())
    assert found.state is State.CLEAN
    assert found.facts.values == {
        "container": "legacy",
        "version": 1001,
        "byteorder": "little",
        "tensors": 2,
        "parameters": 8,
        "dtypes": {"f32": 8},
        "bytes": 32,
    }
    assert found.facts.tensors[0] == Tensor("layer.weight", "f32", (2, 3))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_checkpoint_is_known_by_its_number_in_any_protocol(
    seen: partial[FileFacts], protocol: int
) -> None:
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, protocol)
    assert seen(legacy(magic=magic)).facts.values["container"] == "legacy"


@pytest.mark.parametrize("place", ["version", "system", "pickle", "keys"])
def test_every_pickle_is_followed(seen: partial[FileFacts], place: str) -> None:
    found = seen(legacy(**{place: SYSTEM}))  # type: ignore[arg-type]
    assert "os.system" in {item.name for item in found.facts.globals}
    assert "AIV-PICKLE-DANGEROUS" in rules_of(found)


def test_what_was_seen_before_a_pickle_breaks_off_is_told(seen: partial[FileFacts]) -> None:
    found = seen(legacy(pickle=SYSTEM[:-1] + b"\xff"))
    assert rules_of(found) == {"AIV-PICKLE-DANGEROUS", "AIV-FORMAT-MALFORMED"}


@pytest.mark.parametrize(
    ("data", "rule", "why"),
    [
        (legacy() + b"more", "AIV-CONTAINER-HIDDEN", "4 bytes follow"),
        (legacy()[:-1], "AIV-FORMAT-MALFORMED", "are left"),
        (legacy(storages=b""), "AIV-FORMAT-MALFORMED", "are left"),
        (legacy({"w": Weight("0", data=bytes(20))}), "AIV-FORMAT-MALFORMED", "are left"),
        (legacy({}, keys=pickled(b"](" + text("0") + b"e")), "AIV-FORMAT-MALFORMED", "no tensor"),
        (legacy(keys=pickled(b"}")), "AIV-FORMAT-MALFORMED", "no list"),
        (legacy(keys=pickled(b"](K\1e")), "AIV-FORMAT-MALFORMED", "no list"),
        (legacy(version=pickled(b"K\1")), "AIV-FORMAT-MALFORMED", "version"),
        (legacy(system=pickled(b"N")), "AIV-FORMAT-MALFORMED", "version"),
        (legacy(keys=pickled(b"]"), storages=b""), "AIV-TORCH-STORAGE", "not there"),
        (legacy({"w": Weight("0", offset=9)}), "AIV-TORCH-STORAGE", "ends at byte"),
    ],
)
def test_the_storages_are_accounted_for_to_the_byte(
    seen: partial[FileFacts], data: bytes, rule: str, why: str
) -> None:
    found = seen(data)
    assert rule in rules_of(found)
    assert any(why in finding.message for finding in found.facts.findings)


def test_a_storage_says_its_length_again(seen: partial[FileFacts]) -> None:
    weight = Weight("0")
    found = seen(legacy({"w": weight}, storages=(5).to_bytes(8, "little") + weight.data))
    assert "has 6 elements, and 5 too" in found.facts.findings[0].message
