"""Looking into the files of an artifact, once, whichever step asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.parts import description_of
from aiverify.verify.target import Form

UNFETCHED = "its bytes stay in the registry, and nobody trusted attests what is in them"


def read(evidence: Evidence, context: Context) -> Evidence:
    """The same with what each file is. Only files that trusted signers speak of are read.

    Of files that stay in a registry, it is what trusted signers attest of them, or nothing.
    """
    if evidence.files is not None:
        return evidence
    assert evidence.tree
    assert evidence.target
    if evidence.target.form is Form.REGISTRY:
        files = tuple(_unfetched(evidence))
    else:
        from aiverify.formats.look import look_at_all

        files = look_at_all(evidence.tree.members, context.globals)
    return replace(evidence, files=files, description=description_of(evidence.target, files))


def _unfetched(evidence: Evidence) -> Iterator[FileFacts]:
    assert evidence.tree
    attested = {item.name: item for item in evidence.recorded}
    for member in evidence.tree.members:
        known = attested.get(member.name)
        if known is not None and known.size == member.extent.size:
            yield known
        else:
            facts = Facts("", Role.WEIGHT, unread=UNFETCHED)
            yield FileFacts(member.name, member.extent.size, facts)
