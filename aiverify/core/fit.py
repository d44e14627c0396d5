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
from aiverify.core.misfit import misfit, not_one, shown
from aiverify.core.names import printable
from aiverify.core.ranks import LITERAL, Ranks
from aiverify.core.targets import Targets, ends
from aiverify.core.weights import Weights
from aiverify.core.whole import judge_whole

PREFIX = "base_model.model."
"""What PEFT puts before the base module's path."""

PAIRS = (("lora_A", "lora_B"), ("lora_embedding_A", "lora_embedding_B"))
PER_OUTPUT = ("lora_magnitude_vector", "lora_B.bias")
PARTS = frozenset({*PAIRS[0], *PAIRS[1], *PER_OUTPUT})

REAL = ("f", "bf")
"""How the dtypes of real numbers begin: f16, bf16, f8_e4m3."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How many LoRA pairs the adapter has, and everything that does not fit."""

    pairs: int
    findings: tuple[Finding, ...]
    checked: bool = True
    """Whether the tensors of the adapter's type are understood at all."""

    @property
    def fits(self) -> bool:
        """Whether it was checked, and nothing found is an error."""
        return self.checked and not denies(self.findings)


def fit(adapter: Sequence[FileFacts], base: Sequence[FileFacts]) -> Fit:
    """Hold an adapter's tensors against its base's. What cannot be told does not fit.

    A folder below with an adapter configuration of its own is an adapter of its own.
    """
    weights = Weights(_tensors(base).values())
    fits = [_fit(part, weights) for part in _adapters(adapter)]
    return Fit(
        sum(part.pairs for part in fits),
        tuple(finding for part in fits for finding in part.findings),
        all(part.checked for part in fits),
    )


def _adapters(adapter: Sequence[FileFacts]) -> list[list[FileFacts]]:
    """The files of each adapter: those beside its configuration, or all when there is one."""
    folders = [_folder(item) for item in adapter if item.facts.format == "peft"]
    if len(folders) < 2:
        return [list(adapter)]
    return [[item for item in adapter if _folder(item) == folder] for folder in sorted(folders)]


def _folder(item: FileFacts) -> str:
    return item.name.rpartition("/")[0]


def _fit(adapter: Sequence[FileFacts], weights: Weights) -> Fit:
    config = _config(adapter)
    kind = config.text("peft_type") or "LORA"
    if kind != "LORA":
        return _unchecked(config, f"an adapter of type {printable(kind)}")
    tensors = _tensors(adapter)
    if not tensors or not weights:
        whose = "base" if tensors else "adapter"
        return Fit(0, (rules.adapters.FIT.found(f"the {whose} has no tensors that could be read"),))
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
    findings += judge_whole(whole, weights, config)
    files = {tensor.name: item.name for item in adapter for tensor in item.facts.tensors}
    placed = [replace(item, file=files[item.place]) for item in findings]
    return Fit(len(pairs), (*placed, *_unused(config, sorted(modules), pairs)))


def _unchecked(config: Fields, what: str) -> Fit:
    """An adapter whose tensors are not understood: it neither fits nor does not."""
    message = f"{what} cannot be held against a base, so nothing is known of its fit"
    found = rules.adapters.UNCHECKED.found(message, file=config.where.removesuffix("#/"))
    return Fit(0, (found,), checked=False)


def pairs_in(adapter: Sequence[FileFacts]) -> int:
    """How many LoRA pairs an adapter has, whatever they fit."""
    found = [_sorted_out(_tensors(part))[0] for part in _adapters(adapter)]
    return sum(1 for modules in found for path in modules for _ in _pairs(path, modules[path]))


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two factors of one change, and what goes with them for each output."""

    path: str
    down: Tensor
    up: Tensor
    per_output: tuple[Tensor, ...]

    @property
    def magnitude(self) -> bool:
        """Whether it has DoRA's magnitude."""
        return any("lora_magnitude_vector" in tensor.name for tensor in self.per_output)

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
    found = [item for item in adapter if item.facts.format == "peft"]
    return Fields(found[0].facts.values, f"{found[0].name}#/") if found else Fields({}, "#/")


def _tensors(files: Sequence[FileFacts]) -> dict[str, Tensor]:
    """Tensors by name. Files come in name order, so that one in a folder gives way."""
    found: dict[str, Tensor] = {}
    for item in sorted(files, key=lambda item: (item.name.count("/"), item.name)):
        for tensor in item.facts.tensors:
            found.setdefault(tensor.name, tensor)
    return found


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
            yield misfit(parts[part], "has no other half in the adapter")


def _undeclared(path: str, parts: Mapping[str, Tensor], targets: Targets) -> Iterator[Finding]:
    reason = targets.refuse(path)
    if reason:
        tensor = parts[min(parts)]
        yield misfit(tensor, f"changes a module that {reason}", rule=rules.adapters.UNDECLARED)


def _judge(pair: _Pair, weights: Weights, ranks: Ranks, *, transposed: bool) -> Iterator[Finding]:
    down, up = pair.down, pair.up
    if not pair.regular:
        yield misfit(down, f"and {shown(up)} are no two factors of one rank")
        return
    if not ranks.allows(pair.path, down.shape[0]):
        given = ranks.shown(pair.path)
        message = f"has rank {down.shape[0]}; the configuration gives {given}"
        yield misfit(down, message, rule=rules.adapters.RANK)
    yield from _dtypes(pair)
    for tensor in pair.per_output:
        if tensor.elements != up.shape[0]:
            yield misfit(tensor, f"does not have one number for each output of {shown(up)}")
    found = weights.find(f"{pair.path}.weight")
    if len(found) != 1:
        yield misfit(down, not_one(f"{pair.path}.weight", found))
    elif found[0].shape not in pair.changes(transposed=transposed):
        shape = list(pair.changes(transposed=False)[0])
        complaint = f"and {shown(up)} change a weight of {shape}"
        yield misfit(down, f"{complaint}, and the base has {shown(found[0])}")


def _dtypes(pair: _Pair) -> Iterator[Finding]:
    """The two factors are added to a weight, so both are real numbers, and of one kind."""
    down, up = pair.down, pair.up
    for tensor in (down, up):
        if not tensor.dtype.startswith(REAL):
            yield misfit(tensor, f"is of dtype {printable(tensor.dtype)}, which is no real number")
    if down.dtype != up.dtype:
        kinds = f"{printable(down.dtype)}, and {printable(up.name)} of {printable(up.dtype)}"
        yield misfit(down, f"is of dtype {kinds}", Severity.WARNING)


def _unused(config: Fields, paths: Sequence[str], pairs: Sequence[_Pair]) -> Iterator[Finding]:
    """What the configuration gives for modules that the adapter does not change."""
    file, named = config.where.removesuffix("#/"), {end for path in paths for end in ends(path)}
    targets = Targets.of(config)
    if targets.pattern:
        message = "target_modules is a regular expression, which is not held against the tensors"
        yield rules.adapters.UNCHECKED.found(
            message, file=file, place="/target_modules", severity=Severity.NOTE
        )
    if config.members.get("use_dora") is True and any(not pair.magnitude for pair in pairs):
        message = "use_dora is declared, and a pair has no magnitude"
        yield rules.adapters.UNUSED.found(message, file=file, place="/use_dora")
    for name in targets.unused(paths):
        message = f"target_modules names {printable(name)}, and the adapter has no such module"
        yield rules.adapters.UNUSED.found(message, file=file, place="/target_modules")
    for pattern in ("rank_pattern", "alpha_pattern"):
        for key in config.inner(pattern).members:
            if LITERAL.fullmatch(key) and key.strip("^$") not in named:
                message = f"{pattern} names {printable(key)}, and the adapter has no such module"
                yield rules.adapters.UNUSED.found(message, file=file, place=f"/{pattern}")
