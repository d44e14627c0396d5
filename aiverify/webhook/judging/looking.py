"""What is known of an artifact before any policy is asked: looked up, or found out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding
from aiverify.core.moments import lasting, nanoseconds
from aiverify.core.names import printable
from aiverify.core.reference import Reference
from aiverify.core.report import Outcome, Report, Verdict
from aiverify.errors import AiverifyError, DeniedError, InputError, UndecidedError, UsageError
from aiverify.registry.place import Place
from aiverify.verify.evidence import Context, Request
from aiverify.verify.location import InRegistry
from aiverify.verify.pipeline import Gathered, gather
from aiverify.verify.summary import rely_on_uri
from aiverify.verify.target import SignatureSource, open_target
from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.judging.engines import Remembered
from aiverify.webhook.judging.loading import Loaded
from aiverify.webhook.judging.summaries import places_of
from aiverify.webhook.judging.wanted import ByUri, InOci, Wanted

KEEP_TAG = timedelta(seconds=30)
"""For how long a tag is taken to lead where it led. A node asks for it again at any time."""

KEEP_FAILURE = timedelta(seconds=2)
"""For how long nobody asks again what gave no answer."""

REFUSING = frozenset({Outcome.DENY, Outcome.ERROR})

MOST_FINDINGS = 50
"""Findings of a step that are kept of what nobody vouches for."""

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an artifact.

    Either `gathered` is there, the steps before policy, or `report`, a summary's, or `denied`,
    why there is nothing to look into. `digest` is what it was found to be, or empty. `made_ns`
    is when; `cached` and `stale` tell how it was come by. `remembered` is what policies say that
    do not look at the request.
    """

    digest: str
    made_ns: int
    gathered: Gathered | None = None
    report: Report | None = None
    denied: Finding | None = None
    cached: bool = False
    stale: bool = False
    remembered: Remembered = field(default_factory=Remembered, compare=False)

    @property
    def holds(self) -> bool:
        """Whether nothing denies so far."""
        if self.gathered:
            return not any(step.outcome in REFUSING for step in self.gathered.steps)
        return self.report is not None and self.report.verdict is Verdict.ALLOW

    @property
    def weight(self) -> int:
        """About how much memory it takes, in files, findings and the like."""
        if self.gathered is None:
            return 1 + (len(self.report.findings) if self.report else 0)
        evidence = self.gathered.evidence
        files = len(evidence.artifact.manifest.entries) if evidence.artifact else 0
        attested = len(evidence.attestations) + len(evidence.rejected)
        return 8 + 3 * files + 2 * len(evidence.findings) + 64 * attested


class Looker:
    """Looks artifacts up, and finds out what is not known. Any thread may use it."""

    def __init__(
        self, loaded: Loaded, caches: Caches, place: Place, clock: Callable[[], int]
    ) -> None:
        self._loaded = loaded
        self._caches = caches
        self._place = place
        self._clock = clock
        self._summaries = places_of(
            loaded.admission.summaries, loaded.profile.directory, loaded.context, place, clock
        )

    def known(self, what: Wanted) -> Known | None:
        """What is known already, and still counts."""
        now = self._clock()
        key = self._key(what, now)
        shown = (self._loaded.version, _shown(what))
        caches = self._caches
        for cache, by in ((caches.allowed, key), (caches.denied, key), (caches.denied, shown)):
            found: Known | None = cache.get(by, now) if by else None
            if found and now - found.made_ns < lasting(self._kept(found)):
                self._caches.count("hit")
                return replace(found, cached=True)
        return None

    def find(self, what: Wanted) -> Future[Known]:
        """What is found out, by whoever asks first. Asking it may raise.

        Raises:
            UndecidedError: a registry or the log is out of reach.
        """
        self._caches.count("miss")
        host = what.reference.host if isinstance(what, InOci) else "summaries"
        shown = _shown(what)
        return self._caches.flights.join(
            (self._loaded.version, shown), host, lambda: self._found(what, shown)
        )

    def last(self, what: Wanted) -> Known | None:
        """The last good verdict, for when no new one can be had; within its lifetime."""
        now = self._clock()
        if isinstance(what, InOci) and what.reference.digest is None:
            led: Digest | None = self._caches.tags.get(self._tag(what.reference), now)
            key = self._of(what.reference, led) if led else None
        else:
            key = self._key(what, now)
        found: Known | None = self._caches.allowed.get(key, now) if key else None
        if found is None or now - found.made_ns >= lasting(self._loaded.admission.last_verdict):
            return None
        return replace(found, cached=True, stale=True)

    def _kept(self, known: Known) -> timedelta:
        admission = self._loaded.admission
        return admission.keep_allowed if known.holds else admission.keep_denied

    def _key(self, what: Wanted, now: int) -> Key | None:
        if isinstance(what, ByUri):
            return (self._loaded.version, what.uri)
        if what.reference.digest is not None:
            return self._of(what.reference, what.reference.digest)
        fresh = self._caches.tags.get((*self._tag(what.reference), "fresh"), now)
        return self._of(what.reference, fresh) if fresh else None

    def _of(self, reference: Reference, digest: Digest) -> Key:
        return (self._loaded.version, f"{reference.host}/{reference.repository}@{digest}")

    def _tag(self, reference: Reference) -> Key:
        return (self._loaded.version, f"{reference.host}/{reference.repository}:{reference.tag}")

    def _found(self, what: Wanted, shown: str) -> Known:
        """Find out, and keep it. One that gave no answer is not asked again at once."""
        key, now = (self._loaded.version, shown), self._clock()
        failed: UndecidedError | None = self._caches.failed.get(key, now)
        if failed is not None:
            raise UndecidedError(failed.message, hint=failed.hint)
        try:
            if isinstance(what, ByUri):
                return self._keep((self._loaded.version, what.uri), self._by_summary(what.uri))
            digest = what.reference.digest or self._led(what.reference)
            # Meanwhile another tag may have led to it.
            held = self.known(InOci(what.reference.at(digest)))
            return held or self._keep(
                self._of(what.reference, digest), self._in_registry(what.reference, digest)
            )
        except UndecidedError as error:
            self._caches.failed.put(key, error, now, now + lasting(KEEP_FAILURE))
            raise
        except (InputError, DeniedError, UsageError) as error:
            if isinstance(what, InOci):
                self._caches.tags.forget(self._tag(what.reference))
            denied = rules.admission.UNREADABLE.found(printable(error.message))
            return self._keep((self._loaded.version, shown), Known("", now, denied=denied))

    def _led(self, reference: Reference) -> Digest:
        """The digest that a tag leads to, by what the registry gives under it."""
        from aiverify.registry.repository import open_repository

        with open_repository(reference, self._place) as repository:
            digest = repository.fetch(reference.tag).descriptor.digest
        now, key = self._clock(), self._tag(reference)
        kept = min(lasting(KEEP_TAG), lasting(self._loaded.admission.keep_allowed))
        self._caches.tags.put((*key, "fresh"), digest, now, now + kept)
        lifetime = lasting(self._loaded.admission.last_verdict)
        self._caches.tags.put(key, digest, now, now + lifetime)
        return digest

    def _in_registry(self, reference: Reference, digest: Digest) -> Known:
        now = self._clock()
        location = InRegistry(replace(reference, digest=digest), self._place)
        target = open_target(location)
        try:
            context = replace(self._loaded.context, now_ns=now)
            beyond = self._loaded.forgiving
            gathered = gather(Request(location), context, target, beyond=beyond)
        finally:
            _let_go(target)
        settled = replace(gathered, evidence=gathered.evidence.settled)
        known = Known(str(digest), now, gathered=settled)
        return known if known.holds or self._loaded.forgiving else _slight(known)

    def _by_summary(self, uri: str) -> Known:
        now = self._clock()
        context: Context = replace(self._loaded.context, now_ns=now)
        sources: list[SignatureSource] = []
        troubles: list[AiverifyError] = []
        for place in self._summaries:
            try:
                sources += place.about(uri)
            except (UndecidedError, DeniedError, InputError) as error:
                troubles.append(error)
        if troubles:  # what was not read might speak of it, or take a pass back
            raise UndecidedError(troubles[0].message, hint=troubles[0].hint)
        report = rely_on_uri(uri, sources, context)
        digest = str(min(report.digests)) if report.digests else ""
        return Known(digest, now, report=report)

    def _keep(self, key: Key, known: Known) -> Known:
        admission, now = self._loaded.admission, self._clock()
        if known.holds:
            kept = max(admission.keep_allowed, admission.last_verdict)
            until = min(known.made_ns + lasting(kept), _end(known))
            self._caches.allowed.put(key, known, now, until, known.weight)
            self._caches.denied.forget(key)
        else:
            until = known.made_ns + lasting(admission.keep_denied)
            self._caches.denied.put(key, known, now, until, known.weight)
            self._caches.allowed.forget(key)  # a good verdict is not the last one any more
        return known


def _shown(what: Wanted) -> str:
    return str(what.reference) if isinstance(what, InOci) else what.uri


def _slight(known: Known) -> Known:
    """The same with just what a denial says: anybody can push what is denied, and as large."""
    assert known.gathered
    evidence = replace(
        known.gathered.evidence,
        counted=(),
        rejected=known.gathered.evidence.rejected[:MOST_FINDINGS],
        outside=frozenset(),
        whole=frozenset(),
        artifact=None,
        files=None,
        attestations=(),
        sbom=None,
        findings=(),
    )
    steps = tuple(
        replace(step, findings=step.findings[:MOST_FINDINGS]) for step in known.gathered.steps
    )
    return replace(known, gathered=Gathered(evidence, steps))


def _end(known: Known) -> int:
    """When something ends by itself that it rests on, in nanoseconds since the epoch."""
    until = known.gathered.evidence.until if known.gathered else None
    if known.report:
        until = known.report.until
    return nanoseconds(until) if until else 1 << 63


def _let_go(target: object) -> None:
    """Close the connections to the registry: nothing more is read."""
    from aiverify.verify.remote import RegistryStore

    bundle = getattr(target, "bundle", None)
    store = getattr(bundle, "store", None)
    if isinstance(store, RegistryStore):
        store.repository.close()
