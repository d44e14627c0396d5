"""Labels that somebody put on weights: a quantization, a relation to the base, a library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aiverify.core import rules
from aiverify.core.claiming.group import (
    PLAIN,
    Group,
    base_name,
    fields,
    front_matter,
    models,
    quoted,
)
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts, Role, Tensor
from aiverify.core.fields import Fields
from aiverify.core.finding import Finding
from aiverify.core.names import printable

PACKED = frozenset({"gptq", "awq", "fp8", "mxfp4"})
"""Methods (`quantization_config.quant_method`) that always leave a dtype of their own."""

BITSANDBYTES = "bitsandbytes"

FALLBACKS = {
    "q2_k": "iq4_nl q4_0",
    "q3_k": "iq4_nl q4_0",
    "q4_k": "q5_0",
    "q5_k": "q5_1",
    "q6_k": "q8_0",
    "iq1_s": "iq4_nl q2_k",
    "iq1_m": "iq4_nl q2_k",
    "iq2_xxs": "iq4_nl q2_k",
    "iq2_xs": "iq4_nl q2_k",
    "iq2_s": "iq4_nl q2_k iq2_xs",
    "iq3_xxs": "iq4_nl q3_k",
    "iq3_s": "iq4_nl q3_k iq3_xxs",
    "iq4_xs": "iq4_nl",
    "tq1_0": "q4_0",
    "tq2_0": "q4_0",
}
"""Types that llama.cpp takes where a row is no multiple of a block, or by its mixtures."""

ALIASES = {
    "iq2_m": "iq2_s",
    "iq3_m": "iq3_s",
    "iq3_xs": "iq3_s",
    "mxfp4_moe": "mxfp4",
}
"""Labels that are named after no type of tensor, and the type that they are of."""

LABEL = re.compile(
    r"[-._](BF16|F16|F32|I?Q[1-8](?:_(?:0|1|K|K_[SML]|NL|XS|XXS|S|M))|TQ[12]_0|MXFP4_MOE)"
    r"(?:-\d{5}-of-\d{5})?\.gguf",
    re.IGNORECASE,
)
"""A label at the end of a file's name. Others, such as `UD-Q4_K_XL`, name a mixture."""

FILES = {
    "gguf": (".gguf", "GGUF file"),
    "peft": ("adapter_config.json", "adapter_config.json"),
}
"""Libraries that load nothing without a file of the format that has the library's name: how the
file's name ends, and words for it."""


def quantization(group: Group) -> Iterator[Finding]:
    """What configuration, header and file name say against the types of the tensors."""
    yield from _of_config(group)
    for parts in models(group.ggufs):
        yield from _of_labels(parts)


def relation(files: Sequence[FileFacts], card: FileFacts | None) -> Iterator[Finding]:
    """A card that says `quantized`, where all weights are plain numbers in safetensors.

    The Hub has that word for what was converted as well, to GGUF or for MLX.
    """
    members = front_matter(card) if card else Fields({}, "")
    if not card or members.text("base_model_relation") != "quantized":
        return
    held = [item for item in files if item.facts.role is Role.WEIGHT]
    converted = members.text("library_name").casefold() == "mlx"
    if held and not converted and all(map(_is_plain, held)):
        names = sorted({tensor.dtype for item in held for tensor in item.facts.tensors})
        yield rules.claims.QUANTIZATION.found(
            f"{printable(card.name)} says that the model is quantized, and its weights are "
            f"{printable(', '.join(names))}",
            file=card.name,
            place="base_model_relation",
        )


def library(files: Sequence[FileFacts], description: Description) -> Iterator[Finding]:
    """A card that names a library, where no file is there that it needs."""
    stated = description.library
    needed = FILES.get(stated.value.casefold()) if stated else None
    if not stated or not needed:
        return
    ending, words = needed
    form = stated.value.casefold()
    has_weights = any(item.facts.role is Role.WEIGHT for item in files)
    if has_weights and not any(_is_of(item, form, ending) for item in files):
        card, _, place = stated.source.partition("#")
        yield rules.claims.LIBRARY.found(
            f"{printable(card)} names the library {quoted(stated.value)}, and there is no {words}",
            file=card,
            place=place,
        )


def _is_of(item: FileFacts, form: str, ending: str) -> bool:
    """Whether a file is of a format, or is called so and could not be read."""
    return item.facts.format == form or item.name.casefold().endswith(ending)


def _of_config(group: Group) -> Iterator[Finding]:
    held = group.safetensors()
    if not group.config or not held:
        return
    said = fields(group.config).inner("quantization_config")
    method = said.text("quant_method").casefold()
    if held.plain and (method in PACKED or _is_packed(method, said)):
        names = printable(", ".join(sorted(held.dtypes)))
        yield rules.claims.QUANTIZATION.found(
            f"{printable(group.config.name)} says {quoted(method)}{_bits(said)}, and all of "
            f"{held.shown} is {names}",
            file=group.config.name,
            place="/quantization_config",
        )


def _is_packed(method: str, said: Fields) -> bool:
    """Whether bitsandbytes leaves bytes: it can pack four bits into a dtype of real numbers."""
    storage = said.members.get("bnb_4bit_quant_storage", "uint8")
    quantized = said.members.get("load_in_4bit"), said.members.get("load_in_8bit")
    return method == BITSANDBYTES and True in quantized and storage in ("uint8", None)


def _bits(said: Fields) -> str:
    bits = said.integer("bits")
    return "" if bits is None else f" with {bits} bits"


def _of_labels(parts: Sequence[FileFacts]) -> Iterator[Finding]:
    """Labels of one GGUF model: what its header says, and what its file is called."""
    first = parts[0]
    tensors = [tensor for item in parts for tensor in item.facts.tensors]
    named = LABEL.search(base_name(first.name))
    labels = {
        "general.file_type": fields(first).text("file_type"),
        "": named[1].upper() if named else "",
    }
    for place, label in labels.items():
        complaint = _complaint(label, tensors) if label else ""
        if complaint:
            says = "says" if place else "is named"
            yield rules.claims.QUANTIZATION.found(
                f"{printable(first.name)} {says} {quoted(label)}, and {complaint}",
                file=first.name,
                place=place,
            )


def _complaint(label: str, tensors: Sequence[Tensor]) -> str:
    """What speaks against a label, or nothing.

    It names what most tensors are meant to be; which ones are not differs from file to file. So
    it is denied only where no tensor is of the type at all, though some could be.
    """
    wanted = _type_of(label)
    matrices = [tensor for tensor in tensors if len(tensor.shape) > 1]
    if not wanted or not matrices:
        return ""
    found = {tensor.dtype for tensor in tensors}
    if wanted in PLAIN:
        return _quantized_instead(matrices)
    allowed = {wanted, *FALLBACKS.get(wanted, "").split()}
    fits = any(tensor.shape[0] % 256 == 0 for tensor in matrices)
    if found & allowed or not fits:
        return ""
    return f"no tensor is {wanted}: they are {printable(', '.join(sorted(found)))}"


def _quantized_instead(matrices: Sequence[Tensor]) -> str:
    """That most of what should be plain numbers is not."""
    packed = [tensor for tensor in matrices if tensor.dtype not in PLAIN]
    if 2 * sum(tensor.elements for tensor in packed) <= sum(item.elements for item in matrices):
        return ""
    names = sorted({tensor.dtype for tensor in packed})
    return f"most of it is {printable(', '.join(names))}"


def _type_of(label: str) -> str:
    """The type of tensor that a label is named after: `Q4_K_M` after `q4_k`."""
    name = label.casefold()
    if name in ALIASES:
        return ALIASES[name]
    name = re.sub(r"(?<=_k)_[sml]", "", name)
    return (
        name
        if name in FALLBACKS or name in PLAIN or re.fullmatch(r"q[458]_[01]|iq4_nl", name)
        else ""
    )


def _is_plain(item: FileFacts) -> bool:
    """Whether a file is safetensors with nothing in it that is quantized."""
    tensors = item.facts.tensors if item.facts.format == "safetensors" else ()
    return bool(tensors) and all(tensor.dtype in PLAIN for tensor in tensors)
