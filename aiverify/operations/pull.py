"""Pulling an artifact: it appears under its name when it is whole and verified, and not before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread

from aiverify.core.digest import Digest
from aiverify.core.report import Report, Verdict
from aiverify.errors import DeniedError, MalformedError, UnsafeNameError
from aiverify.files import output
from aiverify.files.progress import Progress
from aiverify.operations.shipment import gather
from aiverify.operations.staging import staging
from aiverify.operations.verify import VerifyRequest, context_for, request_of
from aiverify.verify.evidence import Context, Request
from aiverify.verify.location import InRegistry
from aiverify.verify.pipeline import turn_away, verify
from aiverify.verify.remote import RegistryStore
from aiverify.verify.target import open_target


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What to pull, where to, and what it must be verified by.

    `as_layout` keeps it a bundle, with all that speaks of it; so does an `out` that ends in `.tar`.
    `wanted` says what verification may rely on; None takes what nobody vouches for.
    """

    location: InRegistry
    out: Path
    wanted: VerifyRequest | None
    as_layout: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came: the manifest's digest, the files, and the report that let them in.

    Without a verdict to allow it nothing was written, and `files` is empty.
    """

    digest: Digest
    files: int
    size: int
    report: Report | None

    @property
    def exit_code(self) -> int:
        """The verdict's, or 0 where none was asked for."""
        return self.report.exit_code if self.report else 0


def pull_artifact(request: PullRequest, progress: Progress) -> Pulled:
    """Fetch an artifact from a registry, verify it, and give it its name.

    Raises:
        InputError: there is no such artifact, or a key or profile cannot be read.
        DeniedError: the registry refuses, or gives other bytes than a digest promises.
        UndecidedError: it is out of reach; the next run goes on from what came.
        OutputError: the result is there already, or cannot be written.
        UsageError: trust comes from nowhere, or from two places.
    """
    if request.wanted is None:
        return fetch(request, None, progress)
    with closing(context_for(request.wanted, progress)) as context:
        return fetch(request, context, progress)


def fetch(request: PullRequest, context: Context | None, progress: Progress) -> Pulled:
    """Fetch an artifact, verify it in a context if there is one, and give it its name.

    Raises as `pull_artifact`.
    """
    output.refuse_existing(request.out)
    target = open_target(request.location)
    assert target.bundle
    assert isinstance(target.bundle.store, RegistryStore)
    target.bundle.members()  # what has names that no artifact may have is not fetched
    digest = target.bundle.descriptor.digest
    asked = request_of(request.wanted) if request.wanted else Request(request.location)
    if context and (refused := turn_away(asked, context, target)):
        return Pulled(digest, 0, 0, refused)
    with staging(request.out) as place:
        store = target.bundle.store
        shipment = gather(store, target.bundle.descriptor, store.attached)
        # What looks into the files is loaded while they come.
        Thread(target=import_module, args=("aiverify.formats.look",), daemon=True).start()
        layout = place.gather(shipment, store, progress)
        try:
            here = place.opened(request.location, layout, progress)
        except (MalformedError, UnsafeNameError, DeniedError):
            place.discard()
            raise
        report = verify(asked, context, here) if context else None
        if report and report.verdict is not Verdict.ALLOW:
            place.discard()
            return Pulled(digest, 0, 0, report)
        members = here.tree().members
        place.finish(request.out, here, as_layout=request.as_layout)
        size = sum(member.extent.size for member in members)
        return Pulled(digest, len(members), size, report)
