"""All readers, in the order in which they are asked."""

from __future__ import annotations

from aiverify.formats.archive_tar import TarArchive
from aiverify.formats.archive_zip import ZipArchive
from aiverify.formats.chat_template import ChatTemplate, ChatTemplateJson
from aiverify.formats.code import Python, Script
from aiverify.formats.compressed import Compressed
from aiverify.formats.croissant import Croissant
from aiverify.formats.dataset_json import DatasetDict, DatasetInfo, DatasetState
from aiverify.formats.elf.reader import Elf
from aiverify.formats.empty import Empty
from aiverify.formats.executables import Executable
from aiverify.formats.gguf.reader import Gguf, NamedGguf
from aiverify.formats.gif import Gif
from aiverify.formats.hdf5.reader import Hdf5, NamedHdf5
from aiverify.formats.hf_config import HfConfig
from aiverify.formats.hf_generation import HfGeneration
from aiverify.formats.interface import Container, Reader
from aiverify.formats.joblib import Joblib
from aiverify.formats.jpeg import Jpeg
from aiverify.formats.json_file import JsonFile
from aiverify.formats.keras.reader import Keras, NamedKeras
from aiverify.formats.licence import Licence
from aiverify.formats.markup import Markup
from aiverify.formats.merges import Merges
from aiverify.formats.model_index import ModelIndex
from aiverify.formats.modelcard import ModelCard
from aiverify.formats.modules_json import ModulesJson
from aiverify.formats.notebook import Notebook
from aiverify.formats.npz import Npz
from aiverify.formats.numpy import Numpy
from aiverify.formats.onnx.reader import Onnx
from aiverify.formats.onnx.value import OnnxTensor
from aiverify.formats.opaque import NamedOpaque, Opaque, Pdf
from aiverify.formats.packages.conda import CondaEnvironment
from aiverify.formats.packages.conda_explicit import CondaExplicit
from aiverify.formats.packages.pipfile_lock import PipfileLock
from aiverify.formats.packages.poetry_lock import PoetryLock
from aiverify.formats.packages.pylock import Pylock
from aiverify.formats.packages.pyproject import Pyproject
from aiverify.formats.packages.uv_lock import UvLock
from aiverify.formats.peft import Peft
from aiverify.formats.pickle import NamedPickle, Pickle
from aiverify.formats.png import Png
from aiverify.formats.processor import Processor
from aiverify.formats.protobuf.text import ProtobufText
from aiverify.formats.requirements import Requirements
from aiverify.formats.riff import Riff
from aiverify.formats.rows import Csv, JsonLines
from aiverify.formats.safetensors import NamedSafetensors, Safetensors
from aiverify.formats.safetensors_index import SafetensorsIndex
from aiverify.formats.sentence_transformers import SentenceTransformers
from aiverify.formats.sentencepiece import SentencePiece
from aiverify.formats.site_path import SitePath
from aiverify.formats.special_tokens_map import SpecialTokensMap
from aiverify.formats.tabular import Arrow, Parquet
from aiverify.formats.tensorflow.beside import Fingerprint, KerasMetadata
from aiverify.formats.tensorflow.checkpoint import TensorflowCheckpoint
from aiverify.formats.tensorflow.savedmodel import FrozenGraph, MetaGraph, SavedModel
from aiverify.formats.text import Text
from aiverify.formats.tokenizer import Tokenizer
from aiverify.formats.tokenizer_config import TokenizerConfig
from aiverify.formats.torch import Torch
from aiverify.formats.vocab import VocabJson, VocabText
from aiverify.formats.yaml_file import YamlFile

READERS: tuple[Reader | Container, ...] = (
    # By content: a renamed pickle is still a pickle.
    Safetensors(),
    Gguf(),
    Empty(),
    Torch(),
    Npz(),
    Numpy(),
    Keras(),
    Elf(),
    ZipArchive(),
    TarArchive(),
    Pickle(),
    Joblib(),
    Executable(),
    Hdf5(),
    Compressed(),
    Png(),
    Jpeg(),
    Gif(),
    Riff(),
    Parquet(),
    Arrow(),
    Pdf(),
    Opaque(),
    TensorflowCheckpoint(),
    SavedModel(),
    MetaGraph(),
    FrozenGraph(),
    Onnx(),
    OnnxTensor(),
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
    ChatTemplateJson(),
    Processor(),
    ModulesJson(),
    SentenceTransformers(),
    ModelIndex(),
    DatasetInfo(),
    DatasetDict(),
    DatasetState(),
    Croissant(),
    CondaExplicit(),
    Requirements(),
    UvLock(),
    Pylock(),
    PoetryLock(),
    PipfileLock(),
    Pyproject(),
    SitePath(),
    ModelCard(),
    KerasMetadata(),
    Fingerprint(),
    ProtobufText(),
    # By what is left: an extension, and then whether it is text at all.
    NamedSafetensors(),
    NamedGguf(),
    NamedHdf5(),
    NamedKeras(),
    NamedPickle(),
    NamedOpaque(),
    ChatTemplate(),
    Notebook(),
    CondaEnvironment(),
    YamlFile(),
    JsonFile(),
    Markup(),
    Python(),
    Script(),
    Csv(),
    JsonLines(),
    Licence(),
    Text(),
)
