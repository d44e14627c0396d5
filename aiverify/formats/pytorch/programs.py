"""Programs that a container carries: TorchScript, exported graphs, libraries, Python."""

from __future__ import annotations

from aiverify.core import jsonvalue, rules
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import shown
from aiverify.formats.magic import kind_of
from aiverify.formats.pytorch import exported, scripts
from aiverify.formats.pytorch.gathered import Gathered
from aiverify.formats.pytorch.members import Members, below, inner
from aiverify.formats.zip import Entry

CODE = "code/"
GRAPHS = ("models/", "serialized_exported_program.json")
WEIGHTS = ("data/weights/", "data/constants/")
PACKAGE = (".data/extern_modules", ".data/python_version")

NATIVE = (".cubin", ".dll", ".dylib", ".hsaco", ".o", ".ptx", ".pyd", ".so")
"""Endings of libraries and of programs for a graphics card."""

MAX_TEXT = 64 << 20
HEAD = 4096


def read_code(members: Members, gathered: Gathered) -> None:
    """TorchScript's source text, and the classes that it defines.

    Raises:
        MalformedError: a file of it cannot be unpacked.
    """
    for entry in members.where(lambda path: path.startswith(CODE) and path.endswith(".py")):
        gathered.known.add(entry.name)
        gathered.values["torchscript"] = True
        text = (members.data(entry, MAX_TEXT) or b"").decode("utf-8", "replace")
        scripts.judge(members.found, text, below(entry))
        gathered.defined.update(scripts.classes_of(below(entry)[len(CODE) :], text))


def read_exports(members: Members, gathered: Gathered) -> None:
    """Graphs of exported programs, and the weights that they name.

    Raises:
        MalformedError: a document is no JSON.
    """
    for entry in members.where(lambda path: path.endswith(".json")):
        if inner(entry).startswith(GRAPHS):
            gathered.known.add(entry.name)
            gathered.values["exported"] = True
            exported.judge(members.found, _json(members, entry), below(entry))
        elif inner(entry).startswith(WEIGHTS):
            _read_weights(members, gathered, entry)


def find_libraries(members: Members, gathered: Gathered) -> None:
    """What a machine would run, by content and by name, and what Python would import."""
    if next(members.where(lambda path: path in PACKAGE), None):
        message = "the archive is a torch.package, which imports the code in it"
        members.found.add(rules.torch.PACKAGE, message)
    for entry in members.entries:
        known = entry.name in gathered.known
        kind = None if known else kind_of(members.head(entry, HEAD))
        if inner(entry).endswith(NATIVE) or (kind and kind.name.endswith("program")):
            message = f"{shown(entry.name)} is native code"
            members.found.add(rules.torch.NATIVE, message, entry.name)


def _read_weights(members: Members, gathered: Gathered, entry: Entry) -> None:
    """Weights, each of which fills a member. One that is a pickle is left to other readers."""
    gathered.known.add(entry.name)
    beside = entry.name.rpartition("/")[0]
    for weight in exported.weights(_json(members, entry)):
        if weight.tensor:
            gathered.tensors.append(weight.tensor)
        member = members.named(f"{beside}/{weight.member}")
        if member is None or member.size < weight.size:
            has = f"{member.size} bytes" if member else "no member"
            message = f"{shown(weight.name)} needs {weight.size} bytes, and has {has}"
            members.found.add(rules.torch.STORAGE, message, weight.name)
        if member and weight.pickled:
            gathered.known.discard(member.name)
        elif member and weight.tensor:
            gathered.keep_storage(member)


def _json(members: Members, entry: Entry) -> Json:
    data = members.data(entry, MAX_TEXT)
    return jsonvalue.loads(data, shown(entry.name)) if data is not None else None
