"""Hostile twins: what an attacker, or a bad disk, makes of the demonstration's files.

Each function writes into an empty directory.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from aiverify.cli.demo.adapter import write_adapter

PLANTED_FILE = "modeling_evil.py"
PICKLE_FILE = "pytorch_model.bin"

TEMPLATE_FILE = "tokenizer_config.json"

_OTHER_HIDDEN = 96

_ESCAPE = "{{ cycler.__init__.__globals__.os.popen('echo a template ran this command').read() }}"

_PLANTED_CODE = '''\
"""Added to the model after it was signed. A loader that trusts remote code would import it."""

print("planted code was imported")
'''

_COMMAND = b"echo a pickle ran this command"


def flipped_byte(source: Path, out: Path) -> None:
    """Copy a model and flip one bit in the last byte of its last shard."""
    _copy(source, out)
    shard = max(out.glob("*.safetensors"))
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(data)


def planted_file(source: Path, out: Path) -> None:
    """Copy a model and add a Python module that nobody signed."""
    _copy(source, out)
    (out / PLANTED_FILE).write_text(_PLANTED_CODE, encoding="utf-8")


def with_pickle(source: Path, out: Path) -> None:
    """Copy a model and add weights that are a pickle which runs a command when it is loaded."""
    _copy(source, out)
    (out / PICKLE_FILE).write_bytes(_pickle(_COMMAND))


def with_template(source: Path, out: Path) -> None:
    """Copy a model and add to its chat template what runs a command in a careless renderer."""
    _copy(source, out)
    path = out / TEMPLATE_FILE
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["chat_template"] += _ESCAPE
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def adapter_for_another_base(out: Path) -> None:
    """Write a LoRA that claims the model as its base and was made for a wider one."""
    write_adapter(out, hidden=_OTHER_HIDDEN)


def _pickle(command: bytes) -> bytes:
    """What pickling an object whose `__reduce__` gives `(os.system, (command,))` comes to.

    Assembled by hand: this project neither loads nor dumps a pickle anywhere.
    """
    return b"".join(
        (
            b"\x80\x02",  # PROTO 2
            b"cposix\nsystem\n",  # GLOBAL: os.system, by its true module
            b"X" + len(command).to_bytes(4, "little") + command,  # BINUNICODE: the command
            b"\x85",  # TUPLE1: the arguments
            b"R",  # REDUCE: the call
            b".",  # STOP
        )
    )


def _copy(source: Path, out: Path) -> None:
    """Copy bytes only: times and permissions of the source are no part of a specimen."""
    for file in source.iterdir():
        shutil.copyfile(file, out / file.name)
