"""A component of somebody's document, read once, and what it is to an artifact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.distribution import normalised
from aiverify.sbom.difference.change import Topic
from aiverify.sbom.reading import Located, items, member, text

STRONG = (
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "BLAKE2b-256",
    "BLAKE2b-384",
    "BLAKE2b-512",
    "BLAKE3",
)
"""Algorithms (CycloneDX, `hash-alg`) for which nobody can make two files of one digest."""

CODE = (".py", ".pyc", ".sh", ".so", ".dll", ".exe", ".dylib", ".js", ".jar", ".ipynb", ".o")
WEIGHTS = (
    ".safetensors",
    ".gguf",
    ".bin",
    ".pt",
    ".pth",
    ".ckpt",
    ".onnx",
    ".h5",
    ".keras",
    ".pkl",
    ".npz",
    ".npy",
    ".tflite",
    ".pb",
)
"""How the names of files end, where no document says what they are for."""

TOKENIZERS = (
    "tokenizer",
    "vocab.",
    "merges.txt",
    "special_tokens_map",
    "added_tokens",
    "spiece.model",
    "sentencepiece",
)
"""How the names of a tokenizer's files begin."""

PARTS = {
    "tokenizer": Topic.TOKENIZER,
    "chat-template": Topic.TEMPLATE,
    "adapter": Topic.ADAPTER,
    "pipeline": Topic.PARTS,
}
"""What our own documents call the parts that files hold."""

PACKAGES = frozenset(
    {
        "application",
        "container",
        "device",
        "device-driver",
        "firmware",
        "framework",
        "library",
        "operating-system",
        "platform",
    }
)
"""Types of component (CycloneDX, `component/type`) that are programs and what they run on."""

Hashes = Mapping[str, frozenset[str]]
Properties = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A component. `name` has the group before it; `hashes` are digests by algorithm."""

    located: Located
    topic: Topic
    sort: str
    name: str
    version: str
    purl: str
    ref: str
    hashes: Hashes
    properties: Properties

    @property
    def package(self) -> str:
        """The purl without version, qualifiers and subpath, or empty."""
        return unversioned(self.purl)

    @property
    def digest(self) -> str:
        """The first digest of the strongest algorithm, `SHA-256:<hex>`, or empty."""
        for algorithm in (*STRONG, *sorted(self.hashes)):
            if algorithm in self.hashes:
                return f"{algorithm.lower().replace('sha-', 'sha')}:{min(self.hashes[algorithm])}"
        return ""

    @property
    def bytes_key(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """All digests, in a form that can be a key."""
        return tuple((name, tuple(sorted(found))) for name, found in sorted(self.hashes.items()))

    def value(self, name: str) -> str:
        """The first value of a property, or empty."""
        return _first(self.properties, name)


def read_item(located: Located, topic: Topic | None = None) -> Item:
    """A component as an item; its topic follows from what it is, unless it is given."""
    group, name = text(located, "group"), text(located, "name")
    properties = properties_of(located)
    return Item(
        located=located,
        topic=topic or topic_of(located, properties),
        sort=text(located, "type"),
        name=f"{group}/{name}" if group else name,
        version=text(located, "version"),
        purl=text(located, "purl"),
        ref=text(located, "bom-ref"),
        hashes=_hashes(located),
        properties=properties,
    )


def properties_of(located: Located) -> Properties:
    """Every property's values in order, by its name. One without a value says nothing."""
    given = _pairs(located, "properties", "name", "value")
    return _sorted((name, value) for name, value in given if value)


def topic_of(component: Located, properties: Properties) -> Topic:
    """What a component is to the artifact."""
    sort, name = text(component, "type"), text(component, "name")
    part = PARTS.get(_first(properties, "aiverify:part"))
    if part:
        return part
    if sort == "file":
        return topic_of_file(name, _first(properties, "aiverify:role"))
    if sort in PACKAGES:
        return Topic.PACKAGES
    if sort == "data":
        return _topic_of_data(component, name.casefold())
    return Topic.PARTS if sort == "machine-learning-model" else Topic.OTHER


def topic_of_file(name: str, role: str = "") -> Topic:
    """What a file is to the artifact: by the role that a document gives it, or by its name."""
    base = name.casefold().rpartition("/")[2]
    if role == "code" or base.endswith(CODE):
        return Topic.CODE
    if base.startswith("chat_template"):
        return Topic.TEMPLATE
    if base.startswith(TOKENIZERS):
        return Topic.TOKENIZER
    if role == "weight" or (not role and base.endswith(WEIGHTS)):
        return Topic.WEIGHTS
    if base == "adapter_config.json":
        return Topic.ADAPTER
    return Topic.DATASETS if role == "dataset" else Topic.FILES


def same_bytes(old: Hashes, new: Hashes) -> bool | None:
    """Whether two files are the same bytes; None where no digest can tell.

    A digest that differs tells that they are not, whatever its algorithm; one that agrees
    tells only if nobody can make another file of it.
    """
    common = old.keys() & new.keys()
    if any(old[algorithm] != new[algorithm] for algorithm in common):
        return False
    return True if common.intersection(STRONG) else None


def unversioned(purl: str) -> str:
    """A purl without version, qualifiers and subpath, its type in lower case.

    Tools spell the names of Python's packages in several ways, which are one (PEP 503).
    """
    if purl[:4].casefold() != "pkg:":
        return ""
    bare = purl.partition("#")[0].partition("?")[0]
    space, _, name = bare.rpartition("/")
    kind, _, rest = f"{space}/{name.partition('@')[0]}".partition("/")
    if kind.casefold() == "pkg:pypi":
        rest = normalised(rest).casefold()
    return f"{kind.casefold()}/{rest}"


def kind_of_purl(purl: str) -> str:
    """The type of a purl: `pypi`, `npm`; empty where it has none."""
    return unversioned(purl)[4:].partition("/")[0]


def _first(properties: Properties, name: str) -> str:
    return next(iter(properties.get(name, ())), "")


def _topic_of_data(component: Located, name: str) -> Topic:
    kinds = {text(item, "type") for item in items(component, "data")}
    if "dataset" in kinds or not kinds:
        return Topic.DATASETS
    if "chat" in name and "template" in name:
        return Topic.TEMPLATE
    return Topic.TOKENIZER if "tokenizer" in name else Topic.OTHER


def _hashes(located: Located) -> Hashes:
    found = _pairs(located, "hashes", "alg", "content")
    given = _sorted((name, content.casefold()) for name, content in found if content)
    return {name: frozenset(contents) for name, contents in given.items()}


def _pairs(component: Located, key: str, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Two texts of every item of an array. Nobody asks where they are, and there are millions."""
    array = member(component, key).value
    for item in array if isinstance(array, list | tuple) else ():
        if isinstance(item, Mapping):
            one, other = item.get(first), item.get(second)
            yield one if isinstance(one, str) else "", other if isinstance(other, str) else ""


def _sorted(pairs: Iterable[tuple[str, str]]) -> Properties:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return {name: tuple(sorted(values)) for name, values in found.items()}
