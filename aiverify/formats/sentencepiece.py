"""SentencePiece models: a tokenizer as a protocol buffer."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

NAMES = frozenset({"tokenizer.model", "spiece.model", "sentencepiece.bpe.model"})


class SentencePiece:
    """A SentencePiece model, which is recognised and not looked into. States nothing."""

    name = "sentencepiece"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name; some vocabularies of that name are plain text."""
        named = probe.base in NAMES or probe.base.endswith(".spm")
        return named and not is_text(probe.head)

    def read(self, _probe: Probe, _source: Source) -> Facts:
        """Unread, with the reason."""
        reason = "a SentencePiece model; its protocol buffer is not parsed"
        return Facts(self.name, self.role, "SentencePiece tokenizer", unread=reason)
