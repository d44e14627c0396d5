"""The judge: a request in, a decision out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiverify.core import rules
from aiverify.core.admission import Exemption, Mode
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.jsonvalue import Json
from aiverify.core.moments import of_nanoseconds
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Report, SignatureEvidence, Verdict
from aiverify.errors import UndecidedError
from aiverify.registry.place import Patience, Place
from aiverify.registry.retrying import Backoff
from aiverify.verify.pipeline import conclude
from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.judging import answering, scope
from aiverify.webhook.judging.alike import Alike
from aiverify.webhook.judging.answering import with_reason
from aiverify.webhook.judging.asking import asked, findings_of_request, stand_in
from aiverify.webhook.judging.engines import Remembered
from aiverify.webhook.judging.inquiry import Inquiry
from aiverify.webhook.judging.loading import Loaded, now_ns
from aiverify.webhook.judging.looking import Known, Looker
from aiverify.webhook.judging.redirects import redirect
from aiverify.webhook.judging.wanted import ByUri, Wanted, wanted
from aiverify.webhook.request import AdmissionRequest, Operation

if TYPE_CHECKING:
    from aiverify.webhook.mutating.injection import Injection

MOST_REFERENCES = 200
"""References of one object that are judged."""

HURRY = Patience(connect=3.0, idle=10.0, whole=30.0)
"""How long a flight waits for a registry: nobody waits for the flight itself."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A request with what was found in it, and the time that it has.

    `rests` is what is known of the artifacts that were judged, and is filled on the way.
    `is_common` where it is what pods have in common of which none is exempt.
    """

    request: AdmissionRequest
    deadline: float
    now_ns: int
    found: tuple[Found, ...] = ()
    rests: dict[Wanted, Known] = field(default_factory=dict)
    is_common: bool = False


class Judge:
    """Judges requests by one version of a profile. Any thread may use it, and many at a time.

    `place` is how registries are reached; its patience is bounded here. `clock` says the time in
    nanoseconds since the epoch. `injection` is the container that verifies volumes on the node,
    where one is injected: what it covers needs no summary. `failed` is told of what nobody
    expected.

    Caching a verdict is no side effect on the cluster, so that a dry run is judged like any other.
    """

    def __init__(
        self,
        loaded: Loaded,
        caches: Caches,
        *,
        place: Place,
        clock: Callable[[], int] = now_ns,
        injection: Injection | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        self._loaded = loaded
        self._clock = clock
        self._injection = injection
        self._failed = failed
        looker = Looker(loaded, caches, _hurried(place), clock)
        self._inquiry = Inquiry(looker, caches, loaded.admission.out_of_reach)
        self._alike = Alike(loaded, caches, looker, clock)

    def settled(self, request: AdmissionRequest) -> Decision | None:
        """The decision, where one was made on a request like it and still counts. It never waits.

        It never raises either: where something is wrong with a request, `decide` says what.
        """
        try:
            like = self._alike.likeness(request)
            return self._alike.settled(like) if like else None
        except Exception:  # noqa: BLE001 - it is judged anew
            return None

    def decide(self, request: AdmissionRequest, *, seconds: float) -> Decision:
        """The decision, in that time at most. It never raises: what nobody expected is a denial."""
        try:
            return self._decide(request, time.monotonic() + seconds)
        except Exception as error:  # noqa: BLE001 - nothing is admitted unjudged
            with suppress(Exception):
                if self._failed is not None:
                    self._failed(error)
            return answering.failed()

    def _decide(self, request: AdmissionRequest, deadline: float) -> Decision:
        if request.operation is Operation.DELETE:
            return answering.passed("deletion", self._loaded)
        like = self._alike.likeness(request)
        if like is None:
            return self._judged(_Request(request, deadline, self._clock()))
        settled = self._alike.settled(like)
        if settled is not None:
            return settled
        given = _Request(like.request, deadline, self._clock(), is_common=True)
        decision = self._judged(given)
        self._alike.keep(like, decision, given.rests)
        return decision

    def _judged(self, given: _Request) -> Decision:
        request = given.request
        if request.object is None and request.operation is not Operation.CONNECT:
            none = rules.admission.UNRESOLVED.found("the request has no object to judge")
            return answering.answer(request, [_denied(Found("", ""), none)], self._loaded)
        found = self._extract(request)
        exemption, expired = self._exemptions(given)
        if exemption is not None:
            return answering.exempted(exemption, expired, len(found), self._loaded)
        if scope.changes_nothing(request, found, self._extract):
            return answering.passed("unchanged", self._loaded)
        weighed = self._weigh(replace(given, found=found))
        return answering.answer(request, weighed, self._loaded, expired)

    def _exemptions(self, given: _Request) -> tuple[Exemption | None, tuple[Exemption, ...]]:
        if given.is_common:
            return None, ()
        now = of_nanoseconds(given.now_ns)
        return scope.exemptions(given.request, self._loaded.admission, now)

    def _weigh(self, given: _Request) -> list[Judged]:
        """Every reference that is to be judged, in order; those under way are asked at once."""
        weighed: list[Judged] = []
        if scope.lacks_model(given.request, given.found, self._loaded.admission):
            message = f"workloads in {printable(given.request.namespace)} have to name a model"
            weighed.append(_denied(Found("", ""), rules.admission.NO_MODEL.found(message)))
        todo: list[tuple[Found, Wanted]] = []
        for item in given.found:
            what = self._wanted(item, given)
            if isinstance(what, Finding):
                weighed.append(_denied(item, what))
            elif isinstance(what, Judged):
                weighed.append(what)
            elif what is not None:
                todo.append((item, what))
        if len(todo) > MOST_REFERENCES:
            message = f"it names {len(todo)} artifacts; the limit is {MOST_REFERENCES}"
            extra = rules.admission.TOO_MANY.found(message)
            return [*weighed, _denied(todo[MOST_REFERENCES][0], extra)]
        return [*weighed, *self._judge_all(todo, given)]

    def _wanted(self, item: Found, given: _Request) -> Wanted | Finding | Judged | None:
        request = given.request
        what = wanted(item, self._loaded.admission, request.namespace)
        if not isinstance(what, ByUri) or request.object is None:
            return what
        if self._verified_on_node(item, request):
            return self._left_to_node(item, given)
        return redirect(what.uri, request.object) or what

    def _left_to_node(self, item: Found, given: _Request) -> Judged:
        """What the node verifies before anything uses it. The request is judged here."""
        try:
            request = asked(given.request, given.found, item)
            findings = self._of_request(item, "", (), request, given)
        except UndecidedError as error:
            return _undecided(item, rules.policies.UNDECIDED.found(printable(error.message)))
        if denies(findings):
            return with_reason(Judged(item, Verdict.DENY, findings=findings))
        reason = "the node verifies it before the server starts"
        return Judged(item, Verdict.ALLOW, reason=reason, findings=findings)

    def _verified_on_node(self, item: Found, request: AdmissionRequest) -> bool:
        if self._injection is None or request.object is None:
            return False
        from aiverify.webhook.mutating.patching import verified_by_node

        return verified_by_node(request.object, item, self._injection, old=request.old)

    def _extract(self, request: AdmissionRequest) -> tuple[Found, ...]:
        from aiverify.webhook.extractors.table import extract

        return extract(request, self._loaded.admission.resources)

    def _judge_all(self, todo: Sequence[tuple[Found, Wanted]], given: _Request) -> list[Judged]:
        """Look up what is known, ask for the rest at once, and judge each artifact once."""
        answers = {what: self._inquiry.begin(what) for what in dict.fromkeys(it for _, it in todo)}
        judged: dict[tuple[Wanted, What], Judged] = {}
        weighed: list[Judged] = []
        for item, what in todo:
            key = (what, item.what)
            if key not in judged:
                found = self._inquiry.end(what, answers[what], given.deadline)
                if isinstance(found, Known):
                    given.rests[what] = found
                judged[key] = self._judge(item, found, given)
            weighed.append(replace(judged[key], found=item))
        return weighed

    def _judge(self, item: Found, known: Known | UndecidedError, given: _Request) -> Judged:
        if isinstance(known, UndecidedError):
            return _undecided(item, rules.admission.OUT_OF_REACH.found(printable(known.message)))
        if known.denied is not None:
            return _denied(item, known.denied, cached=known.cached)
        try:
            report, more = self._concluded(item, known, given)
        except UndecidedError as error:
            finding = rules.policies.UNDECIDED.found(printable(error.message))
            return replace(_undecided(item, finding), digest=known.digest, cached=known.cached)
        verdict = report.verdict
        if verdict is Verdict.ALLOW and denies(more):
            verdict = Verdict.DENY
        judged = Judged(item, verdict, known.digest, report, cached=known.cached, stale=known.stale)
        return with_reason(replace(judged, findings=(*report.findings, *more)))

    def _concluded(
        self, item: Found, known: Known, given: _Request
    ) -> tuple[Report, tuple[Finding, ...]]:
        """The report, and what the policies say of the request where they saw no artifact."""
        request = asked(given.request, given.found, item)
        forgives = self._forgives(given.request)
        context = self._loaded.context_at(given.now_ns, given.deadline, known.remembered)
        if known.gathered is not None:
            report = conclude(known.gathered, context, asked=request, forgives=forgives)
            if report.steps[-1].outcome is not Outcome.SKIPPED:
                return report, ()
        else:
            assert known.report is not None
            report = known.report
        against = [it for it in report.findings if it.severity is Severity.ERROR]
        if any(forgives is None or not forgives(finding) for finding in against):
            return report, ()  # it is refused, whatever else is wrong
        return report, self._of_request(item, known.digest, report.evidence, request, given)

    def _of_request(
        self,
        item: Found,
        digest: str,
        signed: Sequence[SignatureEvidence],
        request: Mapping[str, Json],
        given: _Request,
    ) -> tuple[Finding, ...]:
        """What the policies say of a request about an artifact that they cannot see."""
        alone = self._loaded.context_at(given.now_ns, given.deadline, Remembered(()))
        subject = stand_in(item.uri, digest, item.what)
        return findings_of_request(subject, signed, request, alone)

    def _forgives(self, request: AdmissionRequest) -> Callable[[Finding], bool] | None:
        if not self._loaded.forgiving:
            return None
        admission, namespace = self._loaded.admission, request.namespace
        return lambda finding: admission.mode(namespace, finding.rule) is not Mode.ENFORCE


def _undecided(item: Found, finding: Finding) -> Judged:
    return with_reason(Judged(item, Verdict.ERROR, findings=(finding,)))


def _denied(item: Found, finding: Finding, *, cached: bool = False) -> Judged:
    return with_reason(Judged(item, Verdict.DENY, cached=cached, findings=(finding,)))


def _hurried(place: Place) -> Place:
    """The same place, where nobody waits as long as at a terminal."""
    backoff: Backoff = replace(place.backoff, attempts=2, cap=0.5, longest=1.0)
    return replace(place, patience=place.patience or HURRY, backoff=backoff)
