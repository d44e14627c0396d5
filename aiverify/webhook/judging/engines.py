"""Policy engines for many requests at a time, each judged within the time that it has."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from threading import Lock

from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import UndecidedError
from aiverify.policy.asking import nothing_to_ask
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.dependence import indifferent, of_request_alone, sets_apart
from aiverify.policy.interface import Engine
from aiverify.policy.results import PolicyResult

ENGINES = 2
"""Processes that judge. regorus is quick, and a second one helps while the first is given up."""

OF_REQUEST = ("now_ns", "request")
"""The first and the last member of the policy document, as it is written, that differ from
request to request."""

MOST = 5.0
"""Seconds that one judgement may take, however much time the request has."""


class Engines:
    """Engines of the same policies, of which each question takes one for itself.

    Any thread may use it. It is closed once, by whoever made it. `looking` are the packages that
    may look at the request and at the artifact, `alone` at the request alone; `others` are those
    whose answer is the same for every request. `sets_apart` says that one may look at what sets a
    request apart from others like it.

    Raises:
        MalformedError: no package has anything to ask for.
    """

    def __init__(self, engines: Sequence[BoundedEngine]) -> None:
        self._all = tuple(engines)
        self._free = list(self._all)
        self._waiting: deque[Future[BoundedEngine]] = deque()
        self._lock = Lock()
        packages = self._all[0].packages()
        self.others = packages & indifferent(self._all[0].modules)
        self.alone = packages & of_request_alone(self._all[0].modules)
        self.looking = packages - self.others - self.alone
        self.sets_apart = sets_apart(self._all[0].modules)
        if not packages:
            raise nothing_to_ask()

    @classmethod
    def of(cls, first: Engine | None, count: int = ENGINES) -> Engines | None:
        """As many engines as that, or none where there are no policies. Raises as the engine."""
        if first is None:
            return None
        assert isinstance(first, BoundedEngine)
        return cls((first, *(first.another() for _ in range(count - 1))))

    def evaluate(
        self, text: str, packages: frozenset[str], deadline: float
    ) -> tuple[PolicyResult, ...]:
        """What some packages say of a document, until that moment of the monotonic clock.

        Raises:
            UndecidedError: no engine is free in time, or it gives no answer.
        """
        if not packages:
            return ()
        engine = self._taken(deadline)
        try:
            left = deadline - time.monotonic()
            if left <= 0:
                raise UndecidedError("there is no time left to ask the policies")
            return engine.evaluate_text(text, packages, within=min(left, MOST))
        finally:
            self._put_back(engine)

    def _taken(self, deadline: float) -> BoundedEngine:
        """A free engine. Who came first gets the first."""
        with self._lock:
            if self._free:
                return self._free.pop()
            turn: Future[BoundedEngine] = Future()
            self._waiting.append(turn)
        try:
            return turn.result(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            with self._lock:
                given_up = not turn.done()
                if given_up:
                    self._waiting.remove(turn)
            if not given_up:
                self._put_back(turn.result())
            raise UndecidedError("the policy engines are busy") from None

    def _put_back(self, engine: BoundedEngine) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set_result(engine)
            else:
                self._free.append(engine)

    def close(self) -> None:
        """End the processes."""
        for engine in self._all:
            engine.close()


class Remembered:
    """What is the same of an artifact for every request, once it is known.

    `results` are what the packages say that do not look at the request. The texts are of the
    document, before and after what is of the request.
    """

    def __init__(self, results: tuple[PolicyResult, ...] | None = None) -> None:
        self.results = results
        self._around: tuple[str, str] | None = None

    def text(self, document: Mapping[str, Json]) -> str:
        """A document of the artifact as canonical JSON."""
        if self._around is None:
            before = {key: document[key] for key in document if key < OF_REQUEST[0]}
            after = {key: document[key] for key in document if key > OF_REQUEST[-1]}
            self._around = (_plain(before)[:-1], _plain(after)[1:])
        between = {key: document[key] for key in document if _is_of_request(key)}
        own = _plain(between)[1:-1]
        return f"{self._around[0]},{own},{self._around[1]}"


class Hurried:
    """The engines as the pipeline knows one, for a request that has so much time.

    `remembered` is of the artifact that is judged, as it was when it was last looked at.
    """

    def __init__(
        self, engines: Engines, deadline: float, remembered: Remembered | None = None
    ) -> None:
        self._engines = engines
        self._deadline = deadline
        self._remembered = remembered or Remembered()

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """As `Engine.evaluate`, for a document of the one artifact."""
        assert isinstance(document, Mapping)
        engines, known = self._engines, self._remembered.results
        text = ""
        if known is None or engines.looking:
            text = self._remembered.text(document)
        if known is None:
            known = engines.evaluate(text, engines.others, self._deadline)
            self._remembered.results = known
        own = engines.evaluate(text, engines.looking, self._deadline)
        if engines.alone:
            small = _plain({key: document[key] if _is_small(key) else None for key in document})
            own += engines.evaluate(small, engines.alone, self._deadline)
        return tuple(sorted((*known, *own)))

    def query(self, query: str, document: Json) -> Json:
        """Nobody asks for one rule when objects are admitted."""
        raise NotImplementedError

    def close(self) -> None:
        """The engines live on."""


def _is_small(key: str) -> bool:
    return key == "apiVersion" or _is_of_request(key)


def _is_of_request(key: str) -> bool:
    return OF_REQUEST[0] <= key <= OF_REQUEST[-1]


def _plain(value: Mapping[str, Json]) -> str:
    return canonical(value).decode("utf-8")
