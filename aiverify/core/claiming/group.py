"""The files of one folder that speak of one model, and what each says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiverify.core.describe import CARDS
from aiverify.core.facts import FileFacts, Role
from aiverify.core.fields import Fields
from aiverify.core.names import printable
from aiverify.core.parameters import NOT_THE_MODEL

MAX_SHOWN = 200
"""Characters of a claim that a finding repeats."""

PLAIN = frozenset({"f16", "f32", "f64", "bf16"})
"""Dtypes in which nothing is packed: one element is one parameter."""

NOT_MODELS = ("adapter", "imatrix", "mmproj", "vocab")
"""Kinds of GGUF file (`general.type`) that are no model of their own."""

WHOLE = ("model.safetensors", "diffusion_pytorch_model.safetensors")
"""What the weights are called that a library loads, where there are others beside them."""

ADAPTERS = ("adapter_model", "pytorch_lora_weights")
"""How the names of an adapter's weights begin."""


def quoted(text: str) -> str:
    """A claim as a finding repeats it."""
    return printable(text[:MAX_SHOWN]) + ("..." if len(text) > MAX_SHOWN else "")


def base_name(name: str) -> str:
    """A file's name without its folder."""
    return name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights that make up one model: the files, and their elements by dtype."""

    files: tuple[FileFacts, ...]
    dtypes: Mapping[str, int]

    @property
    def shown(self) -> str:
        """The first file, and how many there are besides."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return printable(self.files[0].name) + more

    @property
    def elements(self) -> int:
        """Elements of all tensors."""
        return sum(self.dtypes.values())

    @property
    def largest(self) -> int:
        """Elements of the largest tensor, which in small models is the embeddings'."""
        return max(tensor.elements for item in self.files for tensor in item.facts.tensors)

    @property
    def plain(self) -> bool:
        """Whether nothing in them is quantized or packed."""
        return PLAIN.issuperset(self.dtypes)


@dataclass(slots=True)
class Group:
    """The files of one folder, by what they are. There may be any number of GGUF files."""

    files: list[FileFacts] = field(default_factory=list)
    card: FileFacts | None = None
    config: FileFacts | None = None
    adapter: FileFacts | None = None
    tokenizer: FileFacts | None = None
    index: FileFacts | None = None
    ggufs: list[FileFacts] = field(default_factory=list)

    def put(self, item: FileFacts) -> None:
        """Add a file. The first of a format speaks, as it does for a description."""
        self.files.append(item)
        form, name = item.facts.format, base_name(item.name)
        if form == "gguf" and item.facts.tensors:
            self.ggufs.append(item)
        elif form == "modelcard" and name.lower() in CARDS:
            self.card = self.card or item
        elif form == "safetensors_index" and (not self.index or name in _INDEXES):
            self.index = item
        elif form == "hf_config":
            self.config = self.config or item
        elif form == "peft":
            self.adapter = self.adapter or item
        elif form == "tokenizer":
            self.tokenizer = self.tokenizer or item

    def safetensors(self) -> Weights | None:
        """The model's own tensors: those that the index names, or the one file with them.

        Several files without an index may be one model in several precisions, or several models.
        """
        found = [item for item in self.files if _is_model(item)]
        if self.index:
            shards = set(fields(self.index).texts("shards"))
            return weights([item for item in found if base_name(item.name) in shards])
        if len(found) > 1:
            found = [item for item in found if base_name(item.name) in WHOLE]
        return weights(found) if len(found) == 1 else None

    @property
    def is_whole(self) -> bool:
        """Whether every shard that an index names is there."""
        if not self.index:
            return True
        names = {base_name(item.name) for item in self.files}
        return names.issuperset(fields(self.index).texts("shards"))


_INDEXES = frozenset(f"{name}.index.json" for name in WHOLE)


def groups(files: Sequence[FileFacts]) -> Iterator[Group]:
    """The files by folder, in the order of the folders' names."""
    found: defaultdict[str, Group] = defaultdict(Group)
    for item in files:
        found[item.name.rpartition("/")[0]].put(item)
    return (found[folder] for folder in sorted(found))


def fields(item: FileFacts) -> Fields:
    """What a file states. Nobody warns of wrong types here: the description has done so."""
    return Fields(item.facts.values, f"{item.name}#/")


def front_matter(card: FileFacts) -> Fields:
    """The front matter of a model card."""
    return fields(card).inner("front_matter")


def weights(files: Sequence[FileFacts]) -> Weights | None:
    """The elements of files by dtype; nothing where there are none."""
    dtypes: Counter[str] = Counter()
    for item in files:
        counted = fields(item).inner("dtypes")
        dtypes.update({dtype: counted.integer(dtype) or 0 for dtype in counted.members})
    return Weights(tuple(files), dtypes) if dtypes.total() else None


def models(ggufs: Sequence[FileFacts]) -> list[list[FileFacts]]:
    """GGUF files that are models, the parts of one that was split together.

    Parts that are not all there are left out: nobody can tell what the whole is.
    """
    split: defaultdict[tuple[str, int], list[FileFacts]] = defaultdict(list)
    found: list[list[FileFacts]] = []
    for item in ggufs:
        values = fields(item)
        if values.text("type") in NOT_MODELS or values.text("architecture") == "clip":
            continue
        count = values.inner("split").integer("count") or 1
        if count > 1:
            split[_stem(item.name), count].append(item)
        else:
            found.append([item])
    return found + [parts for (_, count), parts in split.items() if len(parts) == count]


def _stem(name: str) -> str:
    """A part's name without its number: `x-00001-of-00002.gguf` is a part of `x`."""
    return name.removesuffix(".gguf").rpartition("-of-")[0].rpartition("-")[0] or name


def _is_model(item: FileFacts) -> bool:
    name = base_name(item.name).lower()
    return (
        item.facts.format == "safetensors"
        and item.facts.role is Role.WEIGHT
        and bool(item.facts.tensors)
        and not item.facts.findings
        and not name.startswith((*NOT_THE_MODEL, *ADAPTERS))
    )
