"""SentencePiece models: a tokenizer as a protocol buffer."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.protobuf.head import first_of
from aiverify.formats.protobuf.walk import Message, Wire
from aiverify.formats.text import is_text

NAMES = frozenset({"tokenizer.model", "spiece.model", "sentencepiece.bpe.model"})

PIECES, TRAINER = 1, 2
ONCE = frozenset({TRAINER, 3, 4, 5})
KINDS = {1: "unigram", 2: "bpe", 3: "word", 4: "char"}
"""How the pieces were chosen (`TrainerSpec.ModelType`)."""


class SentencePiece:
    """A SentencePiece model. States `vocab_size` (its pieces) and `type`."""

    name = "sentencepiece"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By a piece with its score, and by name; some vocabularies of that name are text."""
        named = probe.base in NAMES or probe.base.endswith(".spm")
        return (named and not is_text(probe.head)) or _begins_with_piece(probe)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """How many pieces there are, and of which kind; it has nothing that could run.

        Raises:
            MalformedError: it is no protocol buffer, or has no pieces.
        """
        count, kind = 0, KINDS[1]
        try:
            for field in Message.of(source).fields(ONCE):
                if field.number == PIECES:
                    field.message()
                    count += 1
                elif field.number == TRAINER:
                    kind = _kind(field.message())
        except TooLarge as error:
            return Facts(self.name, self.role, "SentencePiece tokenizer", unread=str(error))
        if not count:
            raise MalformedError("the SentencePiece model has no pieces")
        values: dict[str, Json] = {"vocab_size": count, "type": kind}
        return Facts(
            self.name, self.role, f"SentencePiece {kind} of {counted(count, 'piece')}", values
        )


def _kind(message: Message) -> str:
    """The kind that the trainer was told. Unigram is not written."""
    kinds = [field.unsigned() for field in message.fields() if field.number == 3]
    return KINDS.get(kinds[-1], str(kinds[-1])) if kinds else KINDS[1]


def _begins_with_piece(probe: Probe) -> bool:
    """Whether the first field is a piece: a text, and a score of four bytes."""
    piece = first_of(probe.head, probe.size)
    if piece is None or piece.number != PIECES:
        return False
    text = first_of(piece.data, piece.size)
    if text is None or text.number != 1 or not text.data or not is_text(text.data, whole=True):
        return False
    score = piece.data[2 + text.size :]
    return len(score) in (5, 7) and score[0] == 2 << 3 | Wire.FIXED32
