"""The parts of a server, put together: who knows whom, and in which order they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiverify.errors import AiverifyError
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server import certificates
from aiverify.webhook.server.audit import Log
from aiverify.webhook.server.certificates import Identity
from aiverify.webhook.server.judges import Judges, Seat
from aiverify.webhook.server.listening import Port, bind
from aiverify.webhook.server.measured import Measured
from aiverify.webhook.server.probes import Probes
from aiverify.webhook.server.reloading import Part, Reloading
from aiverify.webhook.server.reviews import Decide, Outcome, Reviews, Tools
from aiverify.webhook.server.rooms import Rooms
from aiverify.webhook.server.settings import Limits, Settings
from aiverify.webhook.server.threads import Threads
from aiverify.webhook.server.tracing import tracing
from aiverify.webhook.server.watched import Certificate, ProfileFiles, fingerprint

if TYPE_CHECKING:
    from aiverify.webhook.server.serving import Companion

LAST_WORDS = 3.0
"""Seconds in which logs and traces are written in the end."""

FEW = Limits(body=0, connections=64, threads=1)
"""What probes and scrapes may take."""

Say = Callable[[str], None]


def judge_maker(settings: Settings, failed: Callable[[Exception], object]) -> Callable[[], Seat]:
    """What makes a judge of the profile as it is now. All of them share what they remember.

    `failed` is told of what nobody expected.
    """
    from aiverify.webhook.caching.caches import Caches
    from aiverify.webhook.judging.judge import Judge
    from aiverify.webhook.judging.loading import load
    from aiverify.webhook.mutating.injection import Injection, bundled

    caches = Caches()

    def make() -> Seat:
        injection = None
        if (asked := settings.injected) is not None:
            carried = bundled(settings.profile)
            injection = Injection(asked.image, carried, asked.pull, downloads=asked.downloads)
        loaded = load(settings.profile, place=settings.registries)
        judge = Judge(loaded, caches, place=settings.registries, injection=injection, failed=failed)
        return Seat(judge, loaded.version, injection, loaded.close)

    return make


def tools_of(judges: Judges, *, mutating: bool) -> Tools:
    """What reviews are done with."""
    from aiverify.webhook.mutating.patching import mutate
    from aiverify.webhook.reviewing import answer, answer_patch, read_review

    def validated(request: AdmissionRequest, seconds: float) -> Outcome:
        with judges.lend() as seat:
            decision = seat.judge.decide(request, seconds=seconds)
        return Outcome(decision, answer(request.uid, decision))

    def settled(request: AdmissionRequest) -> Outcome | None:
        with judges.lend() as seat:
            decision = seat.judge.settled(request)
        return None if decision is None else Outcome(decision, answer(request.uid, decision))

    def mutated(request: AdmissionRequest, seconds: float) -> Outcome:
        del seconds  # it asks nobody
        with judges.lend() as seat:
            assert seat.injection is not None
            patch, decision = mutate(request, seat.injection)
        return Outcome(decision, answer_patch(request.uid, decision, patch))

    decide: dict[str, Decide] = {"validate": validated}
    if mutating:
        decide["mutate"] = mutated
    return Tools(read_review, answer, decide, {"validate": settled})


class Assembly:
    """A server. To be made, opened and closed on one event loop.

    Raises:
        UsageError: a library is missing.
        InputError: the certificate or the profile cannot be read.
        OutputError: the audit log cannot be written.
    """

    def __init__(
        self,
        settings: Settings,
        say: Say,
        companions: Sequence[Companion] = (),
        make: Callable[[], Seat] | None = None,
        tools: Callable[[Judges], Tools] | None = None,
    ) -> None:
        self._settings = settings
        self._say = say
        self._companions = tuple(companions)
        self._loop = asyncio.get_running_loop()
        self._draining = False
        self._failures: dict[str, float] = {}
        self.measured = Measured()
        # Taken before anything is read: what changes meanwhile is then seen as a change.
        used = (certificates.fingerprint(settings.tls), fingerprint(settings.profile))
        self._certificate = Certificate(settings.tls, self._new_certificate)
        self.measured.expiry.set(self._certificate.now.expires)
        self._tracing = tracing(settings.traces)
        make = make or judge_maker(settings, self._trouble)
        self._judges = Judges(make())
        files = ProfileFiles(settings.profile, self._judges, self._remade(make))
        self.measured.profile.set_alone(1, self._judges.version)
        parts: dict[Part, str] = dict(zip((self._certificate, files), used, strict=True))
        self._reloading = Reloading(parts, self.measured, say, settings.look_every)
        dropped = self.measured.unaudited.add
        self._log = None if settings.audit is None else Log(settings.audit, dropped)
        self._threads = Threads(settings.limits.threads)
        chosen = (
            tools(self._judges)
            if tools
            else tools_of(self._judges, mutating=settings.injected is not None)
        )
        self._reviews = Reviews(
            chosen,
            self._threads,
            self.measured,
            self._tracing,
            most=settings.limits.reviews,
            longest=settings.deadline,
            log=self._log.write if self._log else None,
            trouble=self._trouble,
        )
        self.port: Port
        self.probes: Port

    def open(self) -> None:
        """Begin to serve. Raises UsageError for a port that is not to be had."""
        settings = self._settings
        names = settings.tls.client_names
        rooms = Rooms(
            settings.limits,
            names=lambda: names,
            on_trouble=self._trouble,
            on_refused=lambda status: self.measured.refused.add(str(status)),
        )
        self.port = Port(
            bind(settings.host, settings.port),
            self._reviews,
            rooms,
            lambda: self._certificate.now.context,
            self.measured.handshakes.add,
        )
        answering = Probes(
            self.measured, unwell=self._unwell, unready=self._unready, count=self._count
        )
        host = settings.metrics_host or settings.host
        self.probes = Port(bind(host, settings.metrics_port), answering, Rooms(FEW))
        self._loop.set_exception_handler(self._odd)
        self._reloading.start()
        self._say(
            f"reviews are taken on port {self.port.number}, probes and metrics on port "
            f"{self.probes.number}"
        )

    async def close(self, hurry: asyncio.Event) -> None:
        """End: unready at once, then no more connections, then what is under way.

        `hurry` ends the wait for connections that are still on their way here.
        """
        self._draining = self.port.rooms.closing = True
        self._say("ending: new connections are taken for a moment, and each ends with its answer")
        await _either(hurry.wait(), self._settings.linger)
        self._reloading.close()
        end = self._loop.time() + self._settings.drain
        await self.port.close()
        await _either(self.port.gone(), end - self._loop.time())
        left = len(self.port.rooms)
        if left:
            self._say(f"{left} connections had no answer within the drain time")
            self.port.rooms.drop()
        await self.probes.close()
        self.probes.rooms.drop()
        self._threads.close(0.5)
        self._judges.close()
        if self._log is not None:
            self._log.close(LAST_WORDS)
        await asyncio.to_thread(self._tracing.close, LAST_WORDS)
        self._say("ended")

    def tell(self, error: AiverifyError) -> None:
        """Say what went wrong beside the server."""
        self._say(error.message)

    def look(self) -> None:
        """Look for new versions now."""
        self._reloading.look()

    def _remade(self, make: Callable[[], Seat]) -> Callable[[], Seat]:
        def remake() -> Seat:
            seat = make()
            self.measured.profile.set_alone(1, seat.version)
            return seat

        return remake

    def _new_certificate(self, identity: Identity, another_authority: bool) -> None:
        self.measured.expiry.set(identity.expires)
        if another_authority:
            self._loop.call_soon_threadsafe(self.port.rooms.retire)

    def _count(self) -> None:
        self.measured.connections.set(len(self.port.rooms))

    def _unwell(self) -> tuple[str, ...]:
        return ("reviews do not come to an end",) if self._reviews.is_stuck else ()

    def _unready(self) -> tuple[str, ...]:
        """Why no requests should come here. Details are for the log."""
        broken = () if self._settings.stay_ready else self._reloading.broken
        expired = self._certificate.now.expires <= time.time()
        told = (companion.problem for companion in self._companions)
        return (
            *(("the server is ending",) if self._draining else ()),
            *(f"the newest {what} cannot be used" for what in broken),
            *(("the certificate has expired",) if expired else ()),
            *(problem for problem in told if problem),
            *self._unwell(),
        )

    def _trouble(self, error: BaseException) -> None:
        """Count a failure that nobody expected, and say what kind it is, now and then."""
        kind = type(error).__name__
        self.measured.failures.add(kind)
        now = time.monotonic()
        if now - self._failures.get(kind, -60.0) >= 60.0:
            self._failures[kind] = now
            self._say(f"a review failed: {kind}{_place_of(error)}")

    def _odd(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        del loop
        error = context.get("exception")
        self._trouble(error if isinstance(error, BaseException) else RuntimeError())


def _place_of(error: BaseException) -> str:
    """The line that failed: it says more than the kind, and holds nothing of an object."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return ""
    module = frame.tb_frame.f_globals.get("__name__", "")
    return f" in {module}, line {frame.tb_lineno}"


async def _either(done: Any, seconds: float) -> None:
    """Wait for something, for so many seconds at most."""
    try:
        await asyncio.wait_for(done, max(0.0, seconds))
    except TimeoutError:
        return
