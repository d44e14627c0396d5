"""Claims about what a model was made from: of the card, of an adapter, and of headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core import card as cards
from aiverify.core import rules
from aiverify.core.claiming.group import Group, fields, front_matter, quoted
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable

OF_ITSELF = frozenset({"adapter", "finetune", "merge"})
"""Relations (`base_model_relation`) that a card states of the model, and not of a conversion."""

FOLDERS = frozenset(
    {
        "checkpoint", "checkpoints", "ckpt", "ckpts", "data", "llm", "local", "model", "models",
        "output", "outputs", "pretrained", "results", "saved_models", "saves", "tmp", "weights",
    }
)  # fmt: skip
"""What stands before a slash in a path, and for whom nobody is called on the Hub."""

_PATH = re.compile(r"[./~\\]|[A-Za-z]:|[a-z]+://|hf://")
"""How a path or an address begins, which says nothing of a model's name."""

_FORM = re.compile(
    r"(?:[-_.](?:\d{1,2}-?bit|awq|bf16|bnb|dynamic|exl2|fp16|fp8|gguf|gptq|hf|int[48]|mlx|unsloth"
    r"|w\da\d{1,2}))+$"
)
"""How the name of a model ends that is another one, quantized or converted."""


def bases(group: Group, card: FileFacts | None) -> Iterator[Finding]:
    """The card's base models against those of the adapter's configuration and of headers."""
    if group.card and group.adapter:
        yield from _adapter_base(group.card, group.adapter)
    if card and (front_matter(card).text("base_model_relation") in OF_ITSELF):
        for item in group.ggufs:
            yield from _header_base(card, item)


def _adapter_base(card: FileFacts, adapter: FileFacts) -> Iterator[Finding]:
    """A name without an owner may be a folder's, so it is held against nothing."""
    key = "base_model_name_or_path"
    claimed, named = _card_bases(card), fields(adapter).text(key)
    owned = "/" in named and named.partition("/")[0].casefold() not in FOLDERS
    if claimed and owned and _is_name(named) and _bare(named) not in set(map(_bare, claimed)):
        yield rules.claims.BASE.found(
            f"{printable(card.name)} names the base model {quoted(', '.join(claimed))}; "
            f"{printable(adapter.name)} names {quoted(named)}",
            file=card.name,
            place="base_model",
        )


def _header_base(card: FileFacts, item: FileFacts) -> Iterator[Finding]:
    """A header repeats the bases of the model that was converted.

    So the card may name that model instead, as whoever only converts it does. Names in headers are
    made for people: one that is a part of the other is the same.
    """
    claimed, header = _card_bases(card), fields(item)
    own = _bare(header.text("name"))
    named = [name for base in header.each("base_models") if (name := _name_in(base.members))]
    if not claimed or not named or not own:
        return
    known = [*map(_bare, named), own]
    if not any(_alike(_bare(name), other) for name in claimed for other in known):
        yield rules.claims.BASE.found(
            f"{printable(card.name)} names the base model {quoted(', '.join(claimed))}; "
            f"{printable(item.name)} names {quoted(', '.join(named))}",
            file=card.name,
            place="base_model",
        )


def _name_in(base: object) -> str:
    """A base model of a header: the end of its address where that is given, or its name."""
    members = base if isinstance(base, dict) else {}
    address, name = members.get("repo_url"), members.get("name")
    if isinstance(address, str) and address.strip("/"):
        return address.rstrip("/").rpartition("/")[2]
    return name if isinstance(name, str) else ""


def _card_bases(card: FileFacts) -> list[str]:
    """The names of base models; paths say nothing."""
    stated = cards.base_models(front_matter(card))
    return [base.value.name for base in stated if _is_name(base.value.name)]


def _is_name(text: str) -> bool:
    """Whether a text is a model's name, with its owner or without, and no path."""
    return bool(text.strip()) and text.count("/") < 2 and not _PATH.match(text) and "\\" not in text


def _bare(name: str) -> str:
    """The name of the model alone, in letters and digits: `Meta-Llama-3-8B-bnb-4bit` as `llama38b`.

    A mirror has another owner, and what was quantized comes from what it was before.
    """
    last = name.rstrip("/").rpartition("/")[2].strip().casefold().removeprefix("meta-")
    return "".join(char for char in _FORM.sub("", last) if char.isalnum())


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)
