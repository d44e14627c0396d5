"""A byte-level BPE tokenizer of 256 entries, as Hugging Face's tokenizers library stores it."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json

SPECIAL_TOKENS = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
"""Their ids are 0, 1 and 2, in this order."""

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "<{{ message['role'] }}> {{ message['content'] }}\n"
    "{% endfor %}{% if add_generation_prompt %}<assistant> {% endif %}"
)

# `Ġ` is how the byte-level alphabet writes a space.
_MERGES = (
    ("Ġ", "t"),
    ("h", "e"),
    ("Ġ", "a"),
    ("i", "n"),
    ("r", "e"),
    ("Ġt", "he"),
    ("e", "r"),
    ("o", "n"),
    ("Ġ", "s"),
    ("n", "d"),
)


def tokenizer() -> dict[str, Json]:
    """The content of `tokenizer.json`."""
    byte_level: dict[str, Json] = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": True,
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added_tokens(),
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": byte_level,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": SPECIAL_TOKENS["unk_token"],
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": _vocabulary(),
            "merges": [list(pair) for pair in _MERGES],
        },
    }


def tokenizer_config() -> dict[str, Json]:
    """The content of `tokenizer_config.json`."""
    return {
        **SPECIAL_TOKENS,
        "add_bos_token": True,
        "add_eos_token": False,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 2048,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }


def _vocabulary() -> dict[str, Json]:
    """Three special tokens, the 243 bytes that UTF-8 can hold, and ten merges: 256."""
    alphabet = [_symbol(byte) for byte in range(256) if _in_utf8(byte)]
    merged = [left + right for left, right in _MERGES]
    return {token: id_ for id_, token in enumerate([*SPECIAL_TOKENS.values(), *alphabet, *merged])}


def _in_utf8(byte: int) -> bool:
    return byte not in (0xC0, 0xC1) and byte < 0xF5


def _symbol(byte: int) -> str:
    """The visible character that stands for a byte: itself, or the next free one from U+0100."""
    if _stands_for_itself(byte):
        return chr(byte)
    return chr(0x100 + sum(not _stands_for_itself(lower) for lower in range(byte)))


def _stands_for_itself(byte: int) -> bool:
    return 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or byte >= 0xAE


def _added_tokens() -> list[Json]:
    return [
        {
            "id": id_,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for id_, token in enumerate(SPECIAL_TOKENS.values())
    ]
