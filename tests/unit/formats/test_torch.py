"""PyTorch's archives: what is stated of them, and what is found in them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State, Tensor
from aiverify.formats.sources import Memory
from aiverify.formats.torch import is_torch
from aiverify.formats.zip import read
from tests.corpus.torches import REAL, SYSTEM
from tests.support.looking import look_at
from tests.support.pickle_files import called, mapping, number, pickled, sequence, text
from tests.support.torch_files import (
    TOP,
    Weight,
    exported,
    script,
    state_dict,
    torch_members,
    torch_zip,
    with_pickle,
)
from tests.support.zip_files import Member, zip_bytes


@pytest.fixture
def seen(tmp_path: Path) -> partial[FileFacts]:
    return partial(look_at, tmp_path, "model.pt")


def messages(found: FileFacts) -> str:
    return "; ".join(finding.message for finding in found.facts.findings)


def holding(*weights: Weight) -> bytes:
    return torch_zip(torch_members({weight.key: weight for weight in weights}))


def test_a_checkpoint_states_its_version_and_tensors(seen: partial[FileFacts]) -> None:
    found = seen(torch_zip())
    assert found.state is State.CLEAN
    assert found.facts.values == {
        "container": "zip",
        "version": "3",
        "byteorder": "little",
        "tensors": 2,
        "parameters": 8,
        "dtypes": {"f32": 8},
        "bytes": 32,
    }
    assert found.facts.tensors == (
        Tensor("layer.weight", "f32", (2, 3)),
        Tensor("layer.bias", "f32", (2,)),
    )


def test_globals_are_named_with_the_pickle_and_the_place(seen: partial[FileFacts]) -> None:
    (used,) = seen(with_pickle(SYSTEM)).facts.globals
    assert (used.name, used.place, used.invoked) == ("os.system", "data.pkl, byte 2", True)


@pytest.mark.parametrize(
    ("kind", "dtype", "width"),
    [
        ("torch.DoubleStorage", "f64", 8),
        ("torch.HalfStorage", "f16", 2),
        ("torch.BFloat16Storage", "bf16", 2),
        ("torch.cuda.LongStorage", "i64", 8),
        ("torch.ByteStorage", "u8", 1),
        ("torch.BoolStorage", "bool", 1),
        ("torch.ComplexFloatStorage", "c64", 8),
        ("torch.QInt8Storage", "qi8", 1),
        ("torch.storage.UntypedStorage", "u8", 1),
    ],
)
def test_a_storages_class_gives_dtype_and_size(
    seen: partial[FileFacts], kind: str, dtype: str, width: int
) -> None:
    found = seen(holding(Weight("0", kind=kind, data=bytes(6 * width))))
    assert found.state is State.CLEAN
    assert found.facts.values["dtypes"] == {dtype: 6}
    assert "should have" in messages(seen(holding(Weight("0", kind=kind, data=bytes(5 * width)))))


def test_names_lead_through_dictionaries_lists_and_modules(seen: partial[FileFacts]) -> None:
    weight = Weight("0").tensor
    parameter = called("torch._utils._rebuild_parameter", weight, b"\x88", b"}")
    module = called("torch.nn.modules.linear.Linear") + mapping(
        {"_parameters": mapping({"weight": parameter}), "training": b"\x88"}
    )
    tree = {"model": module + b"b", "list": b"](" + weight + weight + b"e", "n": number(3)}
    found = seen(torch_zip(torch_members({"0": Weight("0")}, pickled(mapping(tree)))))
    names = [tensor.name for tensor in found.facts.tensors]
    assert names == ["model.weight", "list.0", "list.1"]


@pytest.mark.parametrize(
    ("weight", "why"),
    [
        (Weight("0", shape=(3, 3)), "ends at byte 36 of a storage of 24"),
        (Weight("0", offset=1), "ends at byte 28"),
        (Weight("0", offset=-1), "offset or a stride"),
        (Weight("0", stride=(4, 1)), "ends at byte 28"),
        (Weight("0", stride=(-3, 1)), "stride that cannot be"),
        (Weight("0", stride=(1,)), "offset or a stride"),
        (Weight("0", shape=(-2, 3)), "size that cannot be"),
        (Weight("0", shape=(1 << 32, 1 << 32), stride=(0, 0)), "overflows"),
        (Weight("0", shape=(1 << 62, 0, 1 << 62), stride=(0, 0, 0)), "overflows"),
        (Weight("0", shape=(1,) * 65, stride=(0,) * 65), "size that cannot be"),
        (Weight("0", kind="torch.OddStorage"), "no storage that is known"),
        (Weight("0", elements=-6), "no storage that is known"),
        (Weight("0", elements=1 << 64), "no storage that is known"),
        (Weight("0", data=bytes(23)), "should have 24 bytes, and has 23 bytes"),
        (Weight("0", data=bytes(25)), "should have 24 bytes, and has 25 bytes"),
    ],
)
def test_a_tensor_lies_within_its_storage(
    seen: partial[FileFacts], weight: Weight, why: str
) -> None:
    found = seen(holding(weight))
    assert "AIV-TORCH-STORAGE" in {finding.rule for finding in found.facts.findings}
    assert why in messages(found)


@pytest.mark.parametrize(
    "weight",
    [
        Weight("0", shape=(2, 2), offset=1),
        Weight("0", shape=(), stride=(), offset=5),
        Weight("0", shape=(0, 9), stride=(9, 1), offset=6),
        Weight("0", shape=(500, 6), stride=(0, 1)),
        Weight("0", shape=(3, 2), stride=(1, 3)),
    ],
)
def test_views_that_stay_inside_are_fine(seen: partial[FileFacts], weight: Weight) -> None:
    assert seen(holding(weight)).state is State.CLEAN


def test_a_storage_that_is_spoken_of_must_be_there(seen: partial[FileFacts]) -> None:
    members = {**torch_members({}), "data.pkl": state_dict({"w": Weight("7")})}
    assert "storage 7 should have 24 bytes, and has no member" in messages(seen(torch_zip(members)))


def test_members_that_nothing_accounts_for_are_looked_into(seen: partial[FileFacts]) -> None:
    assert seen(torch_zip({**torch_members(), "data/9": b"\xff" * 9})).state is State.UNREAD
    assert seen(torch_zip({**torch_members(), "extra/a.txt": b"text"})).state is State.CLEAN
    assert seen(torch_zip({**torch_members(), "byteorder": b"\xff\xfe"})).state is State.UNREAD


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("extra/notes", b"\x7fELF".ljust(64, b"\0")),
        ("data/aotinductor/model/m.so", b"x"),
        ("data/aotinductor/model/kernel.cubin", b"x"),
    ],
)
def test_native_code_is_found_by_content_and_by_name(
    seen: partial[FileFacts], name: str, data: bytes
) -> None:
    rules = {
        finding.rule for finding in seen(torch_zip({**torch_members(), name: data})).facts.findings
    }
    assert "AIV-TORCH-NATIVE" in rules


def test_a_package_and_a_second_folder_are_found(seen: partial[FileFacts]) -> None:
    package = seen(torch_zip({**torch_members(), ".data/extern_modules": b"os\n"}))
    assert "AIV-TORCH-PACKAGE" in {finding.rule for finding in package.facts.findings}
    (finding,) = seen(torch_zip(None, Member("other/a.txt", b"text"))).facts.findings
    assert finding.rule == "AIV-TORCH-FOLDER"
    assert "2 folders: archive, other" in finding.message


def test_a_flag_or_a_checksum_does_not_keep_a_pickle_from_being_read(
    seen: partial[FileFacts],
) -> None:
    for fields in ({"flags": 1}, {"own": {"crc": 9}, "listed": {"crc": 9}}):
        member = Member(f"{TOP}/data.pkl", SYSTEM, **fields)  # type: ignore[arg-type]
        found = seen(zip_bytes([member]))
        rules = {finding.rule for finding in found.facts.findings}
        assert rules >= {"AIV-PICKLE-DANGEROUS", "AIV-CONTAINER-MISMATCH"}


def test_an_archive_without_checksums_is_a_warning_and_said_once(
    seen: partial[FileFacts],
) -> None:
    (finding,) = seen((REAL / "unsummed.pt").read_bytes()).facts.findings
    assert (finding.severity, finding.rule) == ("warning", "AIV-CONTAINER-MISMATCH")


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (["m/data.pkl"], True),
        (["readme.md", "M/DATA.PKL"], True),
        (["m/constants.pkl"], True),
        (["m/archive_format"], True),
        (["m/data/aotinductor/a.so"], True),
        (["m/.data/serialization_id"], True),
        (["serialized_exported_program.json"], True),
        (["data.pkl"], False),
        (["a/b/data.pkl"], False),
        (["train/data/0", "train/version"], False),
        ([], False),
    ],
)
def test_an_archive_is_known_by_the_names_in_its_directory(names: list[str], is_one: bool) -> None:
    data = zip_bytes([Member(name, b"x") for name in names])
    assert is_torch(read(Memory(data))) is is_one


def test_classes_of_a_scripts_own_code_are_no_globals(seen: partial[FileFacts]) -> None:
    found = seen(script())
    assert found.state is State.CLEAN
    assert found.facts.values["torchscript"] is True
    assert found.facts.values["classes"] == ["__torch__.Net"]
    assert "__torch__.Net" not in {item.name for item in found.facts.globals}


def test_a_class_that_no_code_defines_is_a_global(seen: partial[FileFacts]) -> None:
    data = script(**{"data.pkl": pickled(called("__torch__.Other", text("a"))), "data/0": b""})
    assert "__torch__.Other" in {item.name for item in seen(data).facts.globals}


@pytest.mark.parametrize(
    "body",
    [
        'torch.save(x, "f")',
        'torch\n    .save(x, "f")',
        'ops.aten.save(x, "f")',
        'y = torch.from_file("f", True, 3)',
        "y = torch.from_file",
        "_0 = torch",
        "_0 = ops",
        "_0 = ops.aten",
        "_0 = (torch)",
        'getattr(torch, "save")(x, "f")',
        'ops.debugprims.load_tensor("f")',
    ],
)
def test_operators_that_open_files_are_found_however_they_are_named(
    seen: partial[FileFacts], body: str
) -> None:
    rules = {finding.rule for finding in seen(script(body)).facts.findings}
    assert rules == {"AIV-TORCH-FILE"}


@pytest.mark.parametrize(
    "body",
    [
        "_0 = torch.add(x, x)",
        "_0 = __torch__.torch.nn.functional.relu",
        "_0 = ops.prim.data(x)",
        "_0 = (self).save(x)",
        '_0 = "a torch, and torch.nn"',
        "_0 : __torch__.torch.classes.quantized.LinearPackedParamsBase = x",
        "_0 = ops.quantized.linear(x, x)",
    ],
)
def test_what_models_do_is_not_found(seen: partial[FileFacts], body: str) -> None:
    assert seen(script(body)).facts.findings == ()


def test_an_exported_program_states_its_weights(seen: partial[FileFacts]) -> None:
    found = seen(exported())
    assert found.state is State.CLEAN
    assert found.facts.values["exported"] is True
    assert found.facts.tensors == (Tensor("w", "f32", (2, 3)),)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Mul(Integer(2), Symbol('s65', positive=True, integer=True))", True),
        ("2*s77 + 1", True),
        ("(s0 <= 4) & (s1 > 2)", True),
        ("1.5*s0", True),
        ("__import__('os')", False),
        ("().__class__", False),
        ("s0.func", False),
        ("exec('a b')", False),
        ("exec('\\x41')", False),
        ("s0" * 10_000, False),
    ],
)
def test_a_size_is_arithmetic_and_nothing_else(
    seen: partial[FileFacts], text: str, is_one: bool
) -> None:
    data = exported(
        **{"models/other.json": b'{"expr_str": "' + text.encode("unicode_escape") + b'"}'}
    )
    rules = {finding.rule for finding in seen(data).facts.findings}
    assert rules == (set() if is_one else {"AIV-TORCH-EXPRESSION"})


def test_shared_and_circular_objects_are_looked_into_once(seen: partial[FileFacts]) -> None:
    lists = b"]q\0" + b"".join(
        b"](" + b"h" + bytes([at]) + b"h" + bytes([at]) + b"eq" + bytes([at + 1])
        for at in range(60)
    )
    loop = b"]q\x7fh\x7fa"
    found = seen(with_pickle(pickled(lists + loop + b"\x86")))
    assert found.state is State.CLEAN


def test_objects_nested_deeper_than_any_pickler_goes_are_malformed(
    seen: partial[FileFacts],
) -> None:
    deep = seen(with_pickle(pickled(b"]" * 5000 + b"a" * 4999)))
    assert "nested deeper" in messages(deep)


def test_a_tensor_of_more_names_than_any_model_has_is_malformed(
    seen: partial[FileFacts],
) -> None:
    names = b"]" + Weight("0").tensor + b"q\x00(" + b"h\x00" * 100_001 + b"e"
    wide = seen(torch_zip({**torch_members({}), "data.pkl": pickled(names)}))
    assert "100000 names" in messages(wide)


def test_a_huge_shape_that_many_tensors_share_costs_no_more_than_one(
    seen: partial[FileFacts],
) -> None:
    weight = Weight("0")
    size = b"(" + b"K\1" * 20_000 + b"tq\5"
    tensor = called(
        "torch._utils._rebuild_tensor_v2", weight.storage, b"K\0", b"h\5", sequence(), b"\x89", b"}"
    )
    tensors = b"](" + tensor * 500 + b"e"
    found = seen(torch_zip(torch_members({"0": weight}, pickled(size, tensors))))
    assert "size that cannot be" in messages(found)
