"""Weights that an adapter holds whole, and that take the place of the base's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.fields import Fields
from aiverify.core.finding import Finding, Severity
from aiverify.core.misfit import misfit, not_one, shown
from aiverify.core.weights import Weights

CLASSIFIERS = {"SEQ_CLS": ("classifier", "score"), "TOKEN_CLS": ("classifier", "score")}
"""Modules that PEFT saves whole for a task, whether or not the configuration names them."""

EMBEDDINGS = frozenset(
    {"embed_tokens", "lm_head", "wte", "word_embeddings", "embed_in", "embed_out"}
)
"""Modules that PEFT saves whole by itself where it finds them resized."""

TOKENS = ".token_adapter.trainable_tokens_delta"
"""Rows of an embedding that were trained, instead of all of it."""


def judge_whole(whole: Mapping[str, Tensor], weights: Weights, config: Fields) -> Iterator[Finding]:
    """What replaces a weight has its shape and is declared; declared new ones may be added."""
    declared = _Declared(config)
    for name in sorted(whole):
        tensor, found = whole[name], weights.find(name)
        if name.endswith(TOKENS):
            yield from _tokens(tensor, name, weights, config)
        elif len(found) == 1:
            yield from _replaced(tensor, found[0], declared.weight(name))
        elif not found and declared.saves(name):
            yield misfit(tensor, "is new: the base has no such weight", Severity.NOTE)
        else:
            yield misfit(tensor, not_one(name, found))


class _Declared:
    """What the configuration says the adapter holds whole."""

    def __init__(self, config: Fields) -> None:
        task = CLASSIFIERS.get(config.text("task_type"), ())
        self._saved = frozenset((*config.texts("modules_to_save"), *task))
        self._biases = config.text("bias") in {"all", "lora_only"}

    def saves(self, name: str) -> bool:
        """Whether a weight belongs to a module that is saved whole."""
        return bool(self._saved & set(name.split(".")))

    def weight(self, name: str) -> Severity | None:
        """How much it weighs that a weight is replaced; nothing where that is declared."""
        if self.saves(name) or (self._biases and name.endswith(".bias")):
            return None
        return Severity.WARNING if EMBEDDINGS & set(name.split(".")) else Severity.ERROR


def _replaced(tensor: Tensor, old: Tensor, weight: Severity | None) -> Iterator[Finding]:
    if old.shape != tensor.shape:
        yield misfit(tensor, f"cannot replace {shown(old)}")
    elif weight:
        message = "replaces a weight of the base, and the configuration does not say so"
        yield misfit(tensor, message, weight, rules.adapters.UNDECLARED)


def _tokens(tensor: Tensor, name: str, weights: Weights, config: Fields) -> Iterator[Finding]:
    """Trained rows are as wide as the embedding, and not more than it has."""
    if not config.members.get("trainable_token_indices"):
        message = "trains tokens, and the configuration does not say so"
        yield misfit(tensor, message, rule=rules.adapters.UNDECLARED)
    path = f"{name.removesuffix(TOKENS)}.weight"
    found = weights.find(path)
    if len(found) != 1:
        yield misfit(tensor, not_one(path, found))
        return
    rows, width = (*found[0].shape, 0, 0)[:2]
    if len(tensor.shape) != 2 or tensor.shape[1] != width or tensor.shape[0] > rows:
        yield misfit(tensor, f"cannot be rows of {shown(found[0])}")
