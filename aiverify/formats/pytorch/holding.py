"""What a checkpoint's pickle holds: tensors by the names that lead to them, and storages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.pickling.values import Call, Dict, List, Persistent, Set, Tuple, Value
from aiverify.formats.pytorch.storages import Storage, storage_of
from aiverify.formats.pytorch.tensors import is_tensor, tensor_of

PARAMETERS = frozenset(
    {"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"}
)
"""What makes a parameter of a tensor, which is known by the same name."""

INNER = frozenset({"_parameters", "_buffers", "_modules"})
"""Where a module keeps what it names; no part of the names."""

MAX_NAME = 500
MAX_DEPTH = 1000
"""Objects within objects: no pickler goes as deep."""

MAX_TENSORS = 100_000
"""Tensors by name. One may have many names, and a name takes two bytes."""

Named = tuple[str, Value]


@dataclass(slots=True)
class Holding:
    """Tensors in their order, storages by key, and what is wrong with them."""

    tensors: list[Tensor] = field(default_factory=list)
    storages: dict[str, Storage] = field(default_factory=dict)
    found: Found = field(default_factory=Found)

    def keep_storage(self, value: Persistent) -> None:
        """A storage that is spoken of; two that speak of one must agree."""
        storage = storage_of(value)
        if storage is None:
            return
        same = self.storages.setdefault(storage.key, storage)
        if same.size != storage.size:
            message = f"storage {shown(storage.key)} has {same.size} bytes, and {storage.size} too"
            self.found.add(rules.torch.STORAGE, message, storage.key)

    def keep_tensor(self, name: str, call: Call) -> None:
        """A tensor, if it lies within its storage."""
        try:
            self.tensors.append(tensor_of(name, call))
        except MalformedError as error:
            message = f"tensor {shown(name)} {error.message}"
            self.found.add(rules.torch.STORAGE, message, name)


def holding(result: Value) -> Holding:
    """What is in a pickle's result. Each object is looked into once, however often it is named.

    What waits is kept as iterators, so that a wide object takes no more memory than a small one.
    """
    held = Holding()
    seen: set[int] = set()
    waiting = [iter((("", result),))]
    while waiting:
        name, value = next(waiting[-1], ("", None))
        if isinstance(value, Persistent):
            held.keep_storage(value)
        elif isinstance(value, Call) and is_tensor(value):
            held.keep_tensor(name, value)
        if isinstance(value, _HOLDERS) and id(value) not in seen:
            seen.add(id(value))
            waiting.append(_inside(name, value))
        elif value is None:
            waiting.pop()
        if len(held.tensors) > MAX_TENSORS:
            message = f"more than {MAX_TENSORS} names lead to tensors"
            held.found.add(rules.contents.MALFORMED, message)
            return held
        if len(waiting) > MAX_DEPTH:
            message = f"objects are nested deeper than {MAX_DEPTH} levels"
            held.found.add(rules.contents.MALFORMED, message)
            return held
    return held


_HOLDERS = (Call, Dict, List, Tuple, Set)
_KEPT = (*_HOLDERS, Persistent)


def _inside(name: str, value: Value) -> Iterator[Named]:
    """What a value holds that may hold tensors, with the names that lead there."""
    if isinstance(value, Dict):
        yield from _pairs(name, value.pairs)
    elif isinstance(value, List | Tuple | Set):
        yield from _items(name, value.items)
    elif isinstance(value, Call):
        yield from _arguments(name, value)
        yield from _items(name, value.items)
        yield from _pairs(name, value.pairs)
        yield from ((name, item) for item in (value.state, value.kwargs) if isinstance(item, _KEPT))


def _arguments(name: str, call: Call) -> Iterator[Named]:
    arguments: list[Value] = call.args.items if isinstance(call.args, Tuple) else [call.args]
    if call.name in PARAMETERS or is_tensor(call):
        return ((name, item) for item in arguments if isinstance(item, _KEPT))
    return _items(name, arguments)


def _items(name: str, items: list[Value]) -> Iterator[Named]:
    return ((_joined(name, at), item) for at, item in enumerate(items) if isinstance(item, _KEPT))


def _pairs(name: str, pairs: list[tuple[Value, Value]]) -> Iterator[Named]:
    for key, item in pairs:
        if isinstance(key, _KEPT):
            yield name, key
        if isinstance(item, _KEPT):
            inner = isinstance(key, str) and key in INNER
            yield (name if inner else _joined(name, key)), item


def _joined(name: str, key: Value) -> str:
    if len(name) >= MAX_NAME:
        return name
    step = str(key) if isinstance(key, str | int) else "?"
    return (f"{name}.{step}" if name else step)[:MAX_NAME]
