"""Everything that the demonstration runs on: a model, its adapter, and their hostile twins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiverify.cli.demo import hostile
from aiverify.cli.demo.adapter import write_adapter
from aiverify.cli.demo.model import write_model
from aiverify.files.output import guarding, new_directory


@dataclass(frozen=True, slots=True)
class Specimens:
    """Where each specimen lies below `root`."""

    root: Path

    @property
    def model(self) -> Path:
        """A Llama-style model in two shards."""
        return self.root / "llama"

    @property
    def adapter(self) -> Path:
        """A LoRA for that model."""
        return self.root / "llama-lora"

    @property
    def flipped_byte(self) -> Path:
        """The model, with one bit of one weight flipped."""
        return self.root / "llama-flipped-byte"

    @property
    def planted_file(self) -> Path:
        """The model, with a Python module added."""
        return self.root / "llama-planted-file"

    @property
    def with_pickle(self) -> Path:
        """The model, with a pickle added that would run a command."""
        return self.root / "llama-with-pickle"

    @property
    def with_template(self) -> Path:
        """The model, with a chat template that would run a command."""
        return self.root / "llama-with-template"

    @property
    def foreign_adapter(self) -> Path:
        """A LoRA that was made for a wider base."""
        return self.root / "llama-lora-foreign"


def make_all(root: Path) -> Specimens:
    """Write every specimen below a directory, with the same bytes on every run.

    Raises:
        OutputError: one of them is there already, or the disk refuses.
    """
    specimens = Specimens(root)
    with guarding(root):
        root.mkdir(parents=True, exist_ok=True)
    with new_directory(specimens.model) as out:
        write_model(out)
    with new_directory(specimens.adapter) as out:
        write_adapter(out)
    with new_directory(specimens.flipped_byte) as out:
        hostile.flipped_byte(specimens.model, out)
    with new_directory(specimens.planted_file) as out:
        hostile.planted_file(specimens.model, out)
    with new_directory(specimens.with_pickle) as out:
        hostile.with_pickle(specimens.model, out)
    with new_directory(specimens.with_template) as out:
        hostile.with_template(specimens.model, out)
    with new_directory(specimens.foreign_adapter) as out:
        hostile.adapter_for_another_base(out)
    return specimens
