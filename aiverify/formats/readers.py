"""All readers, in the order in which they are asked."""

from __future__ import annotations

from aiverify.formats.code import Python, Script
from aiverify.formats.elf import Elf
from aiverify.formats.empty import Empty
from aiverify.formats.hf_config import HfConfig
from aiverify.formats.hf_generation import HfGeneration
from aiverify.formats.interface import Container, Reader
from aiverify.formats.json_file import JsonFile
from aiverify.formats.merges import Merges
from aiverify.formats.modelcard import ModelCard
from aiverify.formats.peft import Peft
from aiverify.formats.pickle import NamedPickle, Pickle
from aiverify.formats.safetensors import Safetensors
from aiverify.formats.safetensors_index import SafetensorsIndex
from aiverify.formats.sentencepiece import SentencePiece
from aiverify.formats.special_tokens_map import SpecialTokensMap
from aiverify.formats.text import Text
from aiverify.formats.tokenizer import Tokenizer
from aiverify.formats.tokenizer_config import TokenizerConfig
from aiverify.formats.torch import Torch
from aiverify.formats.vocab import VocabJson, VocabText

READERS: tuple[Reader | Container, ...] = (
    # By content: a renamed pickle is still a pickle.
    Safetensors(),
    Empty(),
    Torch(),
    Pickle(),
    Elf(),
    # By name, where content says nothing: every JSON file starts alike.
    SafetensorsIndex(),
    HfConfig(),
    HfGeneration(),
    Tokenizer(),
    TokenizerConfig(),
    SpecialTokensMap(),
    VocabJson(),
    VocabText(),
    Merges(),
    SentencePiece(),
    Peft(),
    ModelCard(),
    # By what is left: an extension, and then whether it is text at all.
    NamedPickle(),
    JsonFile(),
    Python(),
    Script(),
    Text(),
)
