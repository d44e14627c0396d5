"""What went to a registry, or came from one, as lines of text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.words import counted
from aiverify.registry.repository import Uploaded
from aiverify.render.page import size
from aiverify.render.summary import lines

if TYPE_CHECKING:
    from aiverify.operations.pull import Pulled
    from aiverify.operations.push import Pushed


_WAYS = (
    (Uploaded.SENT, "sent"),
    (Uploaded.MOUNTED, "mounted from another repository"),
    (Uploaded.EXISTED, "there already"),
)


def pushed(done: str, value: Pushed) -> str:
    """Where an artifact is now, by its digest, and what had to be sent."""
    by_way = ", ".join(f"{value.blobs[way]} {told}" for way, told in _WAYS if value.blobs[way])
    attached = len(value.shipment.referrers)
    return lines(
        (done, str(value.reference)),
        ("manifest", str(value.digest)),
        ("blobs", f"{counted(len(value.shipment.blobs), 'blob')}, {size(value.shipment.size)}"),
        ("of them", by_way),
        ("attached", counted(attached, "manifest") if attached else ""),
        ("by digest", str(value.reference.at(value.digest))),
    )


def pulled(value: Pulled, out: Path) -> str:
    """What came, where it is, and who vouches for it."""
    return lines(
        ("pulled", str(out)),
        ("manifest", str(value.digest)),
        ("files", f"{value.files}, {size(value.size)}, each as the manifest says"),
        ("signers", _signers(value)),
    )


def _signers(value: Pulled) -> str:
    if value.report is None:
        return "not looked at, as you asked"
    return ", ".join(sorted({item.signer for item in value.report.evidence if item.signer}))
