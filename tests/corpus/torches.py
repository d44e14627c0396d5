"""PyTorch's files: what scanners do not see and PyTorch loads, and what lies about tensors."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.pickle_files import (
    attack,
    called,
    mapping,
    named,
    pickled,
    sequence,
    stacked,
    text,
)
from tests.support.torch_files import (
    MAGIC,
    TOP,
    WEIGHTS,
    Weight,
    exported,
    legacy,
    script,
    state_dict,
    torch_members,
    torch_zip,
    with_pickle,
)
from tests.support.zip_files import DEFLATED, Member, zip_bytes

REAL = Path(__file__).parent.parent / "assets" / "real"

DANGEROUS, CALL = "AIV-PICKLE-DANGEROUS", "AIV-PICKLE-CALL"
MALFORMED, MISMATCH = "AIV-FORMAT-MALFORMED", "AIV-CONTAINER-MISMATCH"
DUPLICATE, HIDDEN = "AIV-CONTAINER-DUPLICATE", "AIV-CONTAINER-HIDDEN"
DISGUISE = "AIV-CONTAINER-DISGUISE"
STORAGE, FILE_OP, NATIVE = "AIV-TORCH-STORAGE", "AIV-TORCH-FILE", "AIV-TORCH-NATIVE"

SYSTEM = attack("os.system")
ELF = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + b"\x03\0\x3e\0" + bytes(44)

Make = Callable[[], bytes]


def bad(
    name: str,
    technique: str,
    make: Make,
    rule: str = DANGEROUS,
    file: str = "model.pt",
    state: State = State.FLAGGED,
) -> Sample:
    """A malicious sample."""
    return Sample(f"torch/{name}", Label.MALICIOUS, technique, file, make, rule, state)


def broken(name: str, technique: str, make: Make, rule: str = STORAGE) -> Sample:
    """A malformed one."""
    return Sample(f"torch/{name}", Label.MALFORMED, technique, "model.pt", make, rule)


def good(name: str, technique: str, make: Make, state: State = State.CLEAN) -> Sample:
    """A benign one."""
    return Sample(f"torch/{name}", Label.BENIGN, technique, "model.pt", make, "", state)


def changed(*more: Member, without: str = "", **fields: object) -> bytes:
    """A checkpoint whose `data.pkl` is an attack, with changes to that member."""
    inside = {**torch_members({}), "data.pkl": SYSTEM}
    members = [
        Member(f"{TOP}/{name}", data, **(fields if name == "data.pkl" else {}))  # type: ignore[arg-type]
        for name, data in inside.items()
        if name != without
    ]
    return zip_bytes([*members, *more])


def with_weight(**fields: object) -> bytes:
    """A checkpoint of one tensor that is described otherwise."""
    return torch_zip(torch_members({"w": Weight("0", **fields)}))  # type: ignore[arg-type]


def payload_beside_weights() -> bytes:
    """Weights that load as they should, and a call before them."""
    return torch_zip(
        torch_members(pickle=state_dict(WEIGHTS, called("os.system", text("id")), b"0"))
    )


def nested() -> bytes:
    """A checkpoint within another."""
    return torch_zip({**torch_members(), "extra/inner.pt": with_pickle(SYSTEM)})


def zero_checksums() -> bytes:
    """All checksums are zero, as PyTorch can be told to write them."""
    fields = {"own": {"crc": 0}, "listed": {"crc": 0}}
    inside = {**torch_members({}), "data.pkl": SYSTEM}
    return zip_bytes([Member(f"{TOP}/{name}", data, **fields) for name, data in inside.items()])


def sparse_pickle() -> bytes:
    """A sparse tensor whose layout is found by a call."""
    weight = Weight("0")
    inner = called("eval", text("1"))
    layout = called("torch._utils._rebuild_sparse_tensor", inner, sequence(weight.tensor))
    return torch_zip(torch_members({"w": weight}, pickled(layout)))


CONTAINERS = (
    bad("call", "a call in data.pkl", lambda: with_pickle(SYSTEM)),
    bad("call-before-weights", "weights that load, and a call before", payload_beside_weights),
    bad("renamed", "a checkpoint under another name", lambda: with_pickle(attack("posix.system")),
        file="notes.txt"),
    bad("zip-renamed", "the same named as safetensors' neighbour",
        lambda: with_pickle(attack("subprocess.Popen")), file="pytorch_model.bin"),
    bad("compressed", "data.pkl packed, which no writer of checkpoints does",
        lambda: changed(method=DEFLATED)),
    bad("other-name", "the call in another pickle beside", lambda: torch_zip(
        {**torch_members(), "constants.pkl": SYSTEM})),
    bad("debug-pickle", "the call in a pickle for debuggers",
        lambda: script(**{"code/__torch__.py.debug_pkl": SYSTEM})),
    bad("hidden-extension", "the call in a member named as weights",
        lambda: torch_zip({**torch_members(), "data/7": SYSTEM})),
    bad("pickle-in-extra", "a pickle without an ending in a folder for extras",
        lambda: torch_zip({**torch_members(), "extra/info": SYSTEM})),
    bad("nested", "a checkpoint within a checkpoint", nested),
    bad("case", "DATA.PKL, which PyTorch finds and scanners skip",
        lambda: changed(Member(f"{TOP}/DATA.PKL", SYSTEM), without="data.pkl")),
    bad("duplicate", "data.pkl twice (a scanner reads the first)",
        lambda: torch_zip(None, Member(f"{TOP}/data.pkl", SYSTEM)), DUPLICATE),
    bad("duplicate-case", "data.pkl and Data.pkl",
        lambda: torch_zip(None, Member(f"{TOP}/Data.pkl", SYSTEM)), DUPLICATE),
    bad("two-folders", "data.pkl in two folders, of which one is loaded",
        lambda: torch_zip(None, Member("other/data.pkl", SYSTEM)), "AIV-TORCH-FOLDER"),
    bad("decoy-first", "an innocent first member, the checkpoint behind it",
        lambda: zip_bytes([Member(f"{TOP}/README.md", b"# a model\n"),
                           Member(f"{TOP}/data.pkl", SYSTEM)])),
    bad("wrong-crc", "a checksum that stops Python and not PyTorch (CVE-2025-10156)",
        lambda: changed(own={"crc": 7}, listed={"crc": 7}), MISMATCH),
    bad("zero-crc", "checksums that are all zero", zero_checksums),
    bad("flag-encrypted", "a flag that stops Python and not PyTorch (CVE-2025-1945)",
        lambda: changed(flags=0x1)),
    bad("flag-patched", "another such flag", lambda: changed(flags=0x20), MISMATCH),
    bad("flag-local", "a flag in the member's own header alone",
        lambda: changed(own={"flags": 0x1}), MISMATCH),
    bad("name-local", "another name in the member's own header (CVE-2025-1944)",
        lambda: changed(own={"name": f"{TOP}/data.txt".encode()}), MISMATCH),
    bad("name-directory", "another name in the directory",
        lambda: changed(Member(f"{TOP}/constants.pkl", pickled(b"N")),
                        listed={"name": f"{TOP}/data.txt".encode()}), MISMATCH),
    bad("method-local", "packed by one statement, stored by another",
        lambda: changed(own={"method": DEFLATED}), MISMATCH),
    bad("prefix", "junk before the archive", lambda: torch_zip(prefix=b"junk" * 8),
        DISGUISE, state=State.UNREAD),
    bad("prefix-shifted", "junk that the directory does not count",
        lambda: torch_zip(prefix=b"\0" * 64, shift=64), DISGUISE, state=State.UNREAD),
    bad("prefix-pickle", "a pickle before the archive, which PyTorch loads instead",
        lambda: SYSTEM + torch_zip(), state=State.UNREAD),
    bad("trailing", "bytes behind the archive", lambda: torch_zip(after=SYSTEM), HIDDEN),
    bad("second-archive", "an archive behind the archive",
        lambda: torch_zip() + with_pickle(SYSTEM), HIDDEN),
    bad("between", "bytes between two members",
        lambda: torch_zip(None, Member(f"{TOP}/extra/a.txt", b"a", before=SYSTEM)), HIDDEN),
    bad("behind-pickle", "a second pickle behind the first in data.pkl",
        lambda: with_pickle(pickled(b"N") + SYSTEM), state=State.UNREAD),
    bad("indirect", "a function that calls what it is given",
        lambda: with_pickle(pickled(called(
            "torch._tensor._rebuild_from_type_v2", named("os.system"), named("torch.Tensor"),
            sequence(text("id")), b"N")))),
    bad("load-from-bytes", "a pickle within a storage",
        lambda: with_pickle(attack("torch.storage._load_from_bytes", text("x")))),
    bad("sparse-layout", "a call in a tensor's arguments", sparse_pickle, CALL),
    bad("stack-global", "a name from the stack",
        lambda: with_pickle(b"\x80\x04" + stacked("os", "system") + text("id") + b"\x85R.")),
    bad("native", "a library that AOTInductor would load",
        lambda: exported(**{"data/aotinductor/model/m.wrapper.so": ELF}), NATIVE, "model.pt2"),
    bad("native-renamed", "the same under the name of a text",
        lambda: torch_zip({**torch_members(), "extra/notes": ELF}), NATIVE),
    bad("package", "a torch.package, whose modules are imported",
        lambda: torch_zip({".data/extern_modules": b"os\n", "model/model.pkl": pickled(b"N"),
                           "model/code.py": b"import os\nos.system('id')\n"}),
        "AIV-TORCH-PACKAGE"),
)  # fmt: skip

LEGACY = (
    bad("legacy-object", "a call in what was saved", lambda: legacy(pickle=SYSTEM)),
    bad("legacy-magic", "a call before the magic number",
        lambda: legacy(magic=b"\x80\x02" + called("os.system", text("id")) + b"0" + MAGIC[2:])),
    bad("legacy-version", "a call in the version", lambda: legacy(version=SYSTEM)),
    bad("legacy-system", "a call in the facts about the machine",
        lambda: legacy(system=pickled(mapping({"little_endian": b"\x88"}),
                                      called("os.system", text("id")), b"0"))),
    bad("legacy-keys", "a call in the list of keys", lambda: legacy(keys=SYSTEM)),
    bad("legacy-protocol-0", "the magic number as text",
        lambda: legacy(magic=b"L119547037146038801333356L\n.", pickle=SYSTEM)),
    bad("legacy-protocol-4", "the magic number in a frame",
        lambda: legacy(magic=pickle.dumps(0x1950A86A20F9469CFC6C, 4), pickle=SYSTEM)),
    bad("legacy-trailing-pickle", "a pickle behind the storages",
        lambda: legacy() + SYSTEM, HIDDEN),
    bad("legacy-trailing-zip", "an archive behind the storages",
        lambda: legacy() + with_pickle(SYSTEM), HIDDEN),
    broken("legacy-truncated", "the last storage is cut off", lambda: legacy()[:-4], MALFORMED),
    broken("legacy-count", "a storage of another length than was said",
        lambda: legacy({"w": Weight("0", elements=6)}, storages=b"\xff" * 7 + b"\x7f" + bytes(24))),
    broken("legacy-unknown-key", "a storage that no tensor has",
        lambda: legacy(keys=pickled(b"](" + text("0") + text("1") + text("9") + b"e")), MALFORMED),
    broken("legacy-missing-key", "a tensor whose storage never comes",
        lambda: legacy(keys=pickled(b"](" + text("0") + b"e"),
                       storages=(6).to_bytes(8, "little") + bytes(24))),
    broken("legacy-no-keys", "a file that ends behind what was saved",
        lambda: legacy(keys=b"", storages=b""), MALFORMED),
)  # fmt: skip

TENSORS = (
    broken("outside", "a tensor longer than its storage", partial(with_weight, shape=(200, 3))),
    broken("offset", "an offset behind the storage", partial(with_weight, offset=100)),
    broken("offset-negative", "a negative offset", partial(with_weight, offset=-1)),
    broken("offset-wraps", "an offset that wraps", partial(with_weight, offset=(1 << 64) - 1)),
    broken("stride", "steps that lead outside", partial(with_weight, stride=(1 << 40, 1))),
    broken("stride-negative", "steps that lead before", partial(with_weight, stride=(-3, 1))),
    broken("stride-short", "fewer steps than dimensions", partial(with_weight, stride=(1,))),
    broken("size-overflow", "a size whose product wraps to 0",
           partial(with_weight, shape=(1 << 32, 1 << 32), stride=(0, 0))),
    broken("storage-short", "a storage of fewer bytes than are said",
           partial(with_weight, data=bytes(8))),
    broken("storage-long", "a storage of more", partial(with_weight, data=bytes(4096))),
    broken("storage-count", "a count that lies to match the size",
           partial(with_weight, shape=(2000, 3), elements=6000)),
    broken("storage-missing", "a storage that is not there",
           lambda: torch_zip({**torch_members({}), "data.pkl": state_dict(WEIGHTS)})),
    broken("storage-twice", "a storage of two lengths", lambda: torch_zip(torch_members(
        {"a": Weight("0"), "b": Weight("0", shape=(1,), stride=(1,), elements=3)}))),
    broken("truncated", "a checkpoint that is cut off", lambda: torch_zip()[:-40], MALFORMED),
    broken("pickle-truncated", "a pickle that breaks off",
           lambda: with_pickle(state_dict(WEIGHTS)[:-20]), MALFORMED),
    broken("not-packed", "a member that cannot be unpacked",
           lambda: changed(own={"method": 8}, listed={"method": 8}), MALFORMED),
)  # fmt: skip

SCRIPTS = (
    bad("script-save", "a program that writes a file",
        partial(script, 'torch.save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-from-file", "a program that maps a file, to read or write it",
        partial(script, 'x = torch.from_file("/etc/passwd", True, 10)'), FILE_OP),
    bad("script-ops", "the same by its full name",
        partial(script, 'ops.aten.save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-spaces", "blanks in the name",
        partial(script, 'torch . \\\n  save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-alias", "another name for all operators",
        partial(script, '_0 = torch\n    _0.save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-alias-ops", "the same for the full names",
        partial(script, '_0 = ops\n    _0.aten.save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-function", "another name for one operator",
        partial(script, '_0 = torch.save\n    _0(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-getattr", "an operator by a string",
        partial(script, 'getattr(torch, "save")(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-brackets", "an operator of what stands in brackets",
        partial(script, '(torch).save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-brackets-ops", "the same for the full names",
        partial(script, '(ops.aten).save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-comment", "an operator's name that a comment splits",
        partial(script, '(torch # "\n     .save(x, "/nonexistent/pwned"))'), FILE_OP),
    bad("script-alias-comment", "another name, behind a comment",
        partial(script, '_0 = ( # \n torch)\n    _0.save(x, "/nonexistent/pwned")'), FILE_OP),
    bad("script-module", "a call, and code that has a class of the function's name",
        lambda: torch_zip({**torch_members({}), "data.pkl": SYSTEM,
                           "code/os.py": b"class system(Module):\n  pass\n"})),
    bad("script-custom", "an operator of a library",
        partial(script, "x = ops.evil.run(x)"), "AIV-TORCH-CUSTOM"),
    bad("script-custom-class", "a class of a library",
        partial(script, "_0 : __torch__.torch.classes.evil.Engine = x"), "AIV-TORCH-CUSTOM"),
    bad("script-undefined", "a class that no code defines", lambda: with_pickle(
        pickled(called("__torch__.os.System", text("id"))), "constants.pkl"), CALL),
    bad("script-pickle", "a call in a scripted model's pickle",
        lambda: script(**{"data.pkl": SYSTEM, "data/0": b""})),
)  # fmt: skip

EXPORTS = (
    bad("export-expression", "a size that SymPy evaluates",
        partial(exported, size="().__class__.__base__.__subclasses__()"),
        "AIV-TORCH-EXPRESSION", "model.pt2"),
    bad("export-expression-call", "another, with a call",
        partial(exported, size="open(nonexistent).read()"),
        "AIV-TORCH-EXPRESSION", "model.pt2"),
    bad("export-target", "a node that calls what is no operator",
        partial(exported, "torch.hub.load"), "AIV-TORCH-CUSTOM", "model.pt2"),
    bad("export-save", "a node that writes a file",
        partial(exported, "torch.ops.aten.save.default"), FILE_OP, "model.pt2"),
    bad("export-custom", "an operator of a library",
        partial(exported, "torch.ops.evil.run.default"), "AIV-TORCH-CUSTOM", "model.pt2"),
    bad("export-inputs", "sample inputs that are a checkpoint with a call",
        lambda: exported(**{"data/sample_inputs/model.pt": with_pickle(SYSTEM)}),
        file="model.pt2"),
    bad("export-library", "a library that a pickle takes for numbers", lambda: torch_zip(
        {"archive_format": b"pt2", "data/aotinductor/model/m.so": b"\x7fELF",
         "data.pkl": pickled(b"(", text("storage"), named("torch.ByteStorage"),
                             text("aotinductor/model/m.so"), text("cpu"), b"K\x04tQ")}),
        NATIVE, "model.pt2"),
    broken("export-weight-short", "a weight of fewer bytes", lambda: exported(weight=bytes(4))),
    broken("export-json", "a graph that is no JSON",
           lambda: exported(**{"models/other.json": b"{"}), MALFORMED),
)  # fmt: skip


def real(name: str, state: State = State.CLEAN) -> Sample:
    """A file that torch wrote."""
    return good(f"real-{name}", "a file that torch 2.15 wrote", (REAL / name).read_bytes, state)


BENIGN = (
    good("plain", "a checkpoint of two tensors", torch_zip),
    good("legacy", "the same from before the archive", legacy),
    good("legacy-module", "a layer, whose class stands with its source text", partial(
        legacy, {}, pickle=pickled(
            sequence(text("module"), named("torch.nn.modules.linear.Identity"),
                     text("linear.py"), text("class Identity: ...")),
            b"Q)\x81", mapping({"training": b"\x88"}), b"b"))),
    good("script", "a scripted model", script),
    good("export", "an exported program", exported),
    good("repacked", "a checkpoint that was packed again", lambda: zip_bytes(
        [Member(f"{TOP}/{name}", data, DEFLATED) for name, data in torch_members().items()])),
    good("view", "a tensor that sees every other element", partial(
        with_weight, shape=(3,), stride=(2,), offset=1)),
    good("expanded", "a tensor larger than its storage", partial(
        with_weight, shape=(1000, 6), stride=(0, 1))),
    good("empty-tensor", "a tensor without elements", partial(
        with_weight, shape=(0, 3), elements=0, data=b"")),
    good("script-words", "a script whose strings and comments speak of torch", partial(
        script, """_0 = "torch, (ops) 'x' # torch"  # torch, ops""")),
    good("script-self", "a method that is called save", partial(script, "_0 = (self).save()")),
    real("checkpoint.pt"),
    real("checkpoint_legacy.pt"),
    real("dtypes.pt"),
    real("exported.pt2"),
    real("module.pt"),
    real("traced.pt"),
    real("unsummed.pt", State.FLAGGED),
)  # fmt: skip

SAMPLES: tuple[Sample, ...] = (*CONTAINERS, *LEGACY, *TENSORS, *SCRIPTS, *EXPORTS, *BENIGN)
