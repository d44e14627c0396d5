"""Whether an adapter fits its base: every tensor finds the weight that it changes.

For a base weight [out, in], LoRA holds `lora_A` [r, in] and `lora_B` [out, r]; DoRA adds a
magnitude for each output. Convolutions keep their kernel in `lora_A`, and embeddings
[entries, width] hold `lora_embedding_A` [r, entries] and `lora_embedding_B` [width, r].
The headers of both are enough to tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.facts import FileFacts, Tensor
from aiverify.core.fields import Fields
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.names import printable
from aiverify.core.ranks import LITERAL, Ranks
from aiverify.core.targets import Targets, ends
from aiverify.core.weights import Weights

PREFIX = "base_model.model."
"""What PEFT puts before the base module's path."""

PAIRS = (("lora_A", "lora_B"), ("lora_embedding_A", "lora_embedding_B"))
PER_OUTPUT = ("lora_magnitude_vector", "lora_B.bias")
PARTS = frozenset({*PAIRS[0], *PAIRS[1], *PER_OUTPUT})

REAL = ("f", "bf")
"""How the dtypes of real numbers begin: f16, bf16, f8_e4m3."""

MAX_SHOWN = 8
"""Dimensions of a shape that a message lists. No model has more, and a file may."""

CLASSIFIERS = {"SEQ_CLS": ("classifier", "score"), "TOKEN_CLS": ("classifier", "score")}
"""Modules that PEFT saves whole for a task, whether or not the configuration names them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How many LoRA pairs the adapter has, and everything that does not fit."""

    pairs: int
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing found is an error."""
        return not denies(self.findings)


def fit(adapter: Sequence[FileFacts], base: Sequence[FileFacts]) -> Fit:
    """Hold an adapter's tensors against its base's. What cannot be told does not fit."""
    config = _config(adapter)
    tensors = _tensors(adapter)
    weights = Weights(_tensors(base).values())
    undecidable = _undecidable(config, tensors, weights)
    if undecidable:
        return Fit(0, (rules.adapters.FIT.found(undecidable),))
    modules, whole = _sorted_out(tensors)
    pairs = [pair for path in sorted(modules) for pair in _pairs(path, modules[path])]
    findings: list[Finding] = []
    targets = Targets.of(config)
    for path in sorted(modules):
        findings += _lone(modules[path])
        findings += _undeclared(path, modules[path], targets)
    ranks, transposed = Ranks.of(config), config.members.get("fan_in_fan_out") is True
    for pair in pairs:
        findings += _judge(pair, weights, ranks, transposed=transposed)
    findings += _judge_whole(whole, weights, _saved(config))
    files = {tensor.name: item.name for item in adapter for tensor in item.facts.tensors}
    placed = [replace(item, file=files[item.place]) for item in findings]
    return Fit(len(pairs), (*placed, *_unused(config, sorted(modules))))


def pairs_in(adapter: Sequence[FileFacts]) -> int:
    """How many LoRA pairs an adapter has, whatever they fit."""
    modules, _ = _sorted_out(_tensors(adapter))
    return sum(1 for path in modules for _ in _pairs(path, modules[path]))


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two factors of one change, and what goes with them for each output."""

    path: str
    down: Tensor
    up: Tensor
    per_output: tuple[Tensor, ...]

    @property
    def regular(self) -> bool:
        """Whether the shapes are two factors at all, of one rank."""
        down, up = self.down.shape, self.up.shape
        return len(down) == len(up) >= 2 and up[1] == down[0] and set(up[2:]) <= {1}

    def changes(self, *, transposed: bool) -> tuple[tuple[int, ...], ...]:
        """The shapes of base weight that the factors can change."""
        down, up = self.down.shape, self.up.shape
        if self.down.name.endswith("lora_embedding_A"):
            return ((down[1], up[0]),)
        shape = (up[0], *down[1:])
        return (shape, shape[::-1]) if transposed and len(shape) == 2 else (shape,)


def _config(adapter: Sequence[FileFacts]) -> Fields:
    values = [item.facts.values for item in adapter if item.facts.format == "peft"]
    return Fields(values[0] if values else {}, "adapter_config.json#/")


def _tensors(files: Sequence[FileFacts]) -> dict[str, Tensor]:
    """Tensors by name. Files come in name order, so that one in a folder gives way."""
    found: dict[str, Tensor] = {}
    for item in sorted(files, key=lambda item: (item.name.count("/"), item.name)):
        for tensor in item.facts.tensors:
            found.setdefault(tensor.name, tensor)
    return found


def _undecidable(config: Fields, tensors: Mapping[str, Tensor], weights: Weights) -> str:
    """Why nothing can be told, or nothing."""
    kind = config.text("peft_type") or "LORA"
    if kind != "LORA":
        return f"an adapter of type {printable(kind)} cannot be held against a base"
    if not tensors:
        return "the adapter has no tensors that could be read"
    return "" if weights else "the base has no tensors that could be read"


def _sorted_out(
    tensors: Mapping[str, Tensor],
) -> tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]:
    """LoRA's tensors by module and part, and whole weights by the base's name for them."""
    modules: defaultdict[str, dict[str, Tensor]] = defaultdict(dict)
    whole: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        known = name.removeprefix(PREFIX).replace(".base_layer.", ".")
        path, part = _part(known)
        if part and part not in modules[path]:
            modules[path][part] = tensor
        else:
            # A second tensor for one place is nobody's half, and finds no weight.
            whole[name if known in whole else known] = tensor
    return modules, whole


def _part(name: str) -> tuple[str, str]:
    """A module's path and the part of LoRA that a name means; the part is empty for others."""
    if name.endswith(".lora_B.bias"):
        return name.removesuffix(".lora_B.bias"), "lora_B.bias"
    path, _, part = name.removesuffix(".weight").rpartition(".")
    return (path, part) if part in PARTS else (name, "")


def _pairs(path: str, parts: Mapping[str, Tensor]) -> Iterator[_Pair]:
    per_output = tuple(parts[part] for part in PER_OUTPUT if part in parts)
    for down, up in PAIRS:
        if down in parts and up in parts:
            yield _Pair(path, parts[down], parts[up], per_output)


def _lone(parts: Mapping[str, Tensor]) -> Iterator[Finding]:
    """Tensors whose other half is not there."""
    paired = {part for pair in PAIRS if set(pair) <= set(parts) for part in pair}
    for part in sorted(set(parts) - paired):
        if part not in PER_OUTPUT or not paired:
            yield _found(parts[part], "has no other half in the adapter")


def _undeclared(path: str, parts: Mapping[str, Tensor], targets: Targets) -> Iterator[Finding]:
    if not targets.include(path):
        tensor = parts[min(parts)]
        message = f"{_shown(tensor)} changes a module that target_modules does not name"
        yield rules.adapters.UNDECLARED.found(message, place=tensor.name)


def _judge(pair: _Pair, weights: Weights, ranks: Ranks, *, transposed: bool) -> Iterator[Finding]:
    down, up = pair.down, pair.up
    if not pair.regular:
        yield _found(down, f"and {_shown(up)} are no two factors of one rank")
        return
    if not ranks.allows(pair.path, down.shape[0]):
        given = ranks.shown(pair.path)
        yield _found(down, f"has rank {down.shape[0]}; the configuration gives {given}")
    yield from _dtypes(pair)
    for tensor in pair.per_output:
        if tensor.elements != up.shape[0]:
            yield _found(tensor, f"does not have one number for each output of {_shown(up)}")
    found = weights.find(f"{pair.path}.weight")
    if len(found) != 1:
        yield _found(down, _not_one(f"{pair.path}.weight", found))
    elif found[0].shape not in pair.changes(transposed=transposed):
        shape = list(pair.changes(transposed=False)[0])
        complaint = f"and {_shown(up)} change a weight of {shape}"
        yield _found(down, f"{complaint}, and the base has {_shown(found[0])}")


def _dtypes(pair: _Pair) -> Iterator[Finding]:
    """The two factors are added to a weight, so both are real numbers, and of one kind."""
    down, up = pair.down, pair.up
    for tensor in (down, up):
        if not tensor.dtype.startswith(REAL):
            yield _found(tensor, f"is of dtype {printable(tensor.dtype)}, which is no real number")
    if down.dtype != up.dtype:
        kinds = f"{printable(down.dtype)}, and {printable(up.name)} of {printable(up.dtype)}"
        yield _found(down, f"is of dtype {kinds}", Severity.WARNING)


def _unused(config: Fields, paths: Sequence[str]) -> Iterator[Finding]:
    """What the configuration gives for modules that the adapter does not change."""
    file, named = "adapter_config.json", {end for path in paths for end in ends(path)}
    for name in Targets.of(config).unused(paths):
        message = f"target_modules names {printable(name)}, and the adapter has no such module"
        yield rules.adapters.UNUSED.found(message, file=file, place="/target_modules")
    for pattern in ("rank_pattern", "alpha_pattern"):
        for key in config.inner(pattern).members:
            if LITERAL.fullmatch(key) and key.strip("^$") not in named:
                message = f"{pattern} names {printable(key)}, and the adapter has no such module"
                yield rules.adapters.UNUSED.found(message, file=file, place=f"/{pattern}")


def _judge_whole(
    whole: Mapping[str, Tensor], weights: Weights, saved: frozenset[str]
) -> Iterator[Finding]:
    """Weights that replace the base's must have its shape; declared new ones may be added."""
    for name in sorted(whole):
        tensor, found = whole[name], weights.find(name)
        if len(found) == 1:
            if found[0].shape != tensor.shape:
                yield _found(tensor, f"cannot replace {_shown(found[0])}")
        elif not found and saved & set(name.split(".")):
            yield _found(tensor, "is new: the base has no such weight", Severity.NOTE)
        else:
            yield _found(tensor, _not_one(name, found))


def _saved(config: Fields) -> frozenset[str]:
    """Modules that the adapter may hold whole."""
    return frozenset(
        (*config.texts("modules_to_save"), *CLASSIFIERS.get(config.text("task_type"), ()))
    )


def _not_one(name: str, found: Sequence[Tensor]) -> str:
    if not found:
        return f"finds no weight {printable(name)} in the base"
    return f"could mean {printable(found[0].name)} or {printable(found[1].name)} in the base"


def _found(tensor: Tensor, message: str, severity: Severity | None = None) -> Finding:
    return rules.adapters.FIT.found(
        f"{_shown(tensor)} {message}", place=tensor.name, severity=severity
    )


def _shown(tensor: Tensor) -> str:
    shape = tensor.shape
    # One weight of the base may be named by a finding for each tensor of the adapter.
    text = list(shape) if len(shape) <= MAX_SHOWN else f"of {len(shape)} dimensions"
    return f"{printable(tensor.name)} {text}"
