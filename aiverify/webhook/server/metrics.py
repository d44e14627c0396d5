"""Numbers, in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""

MAX_SERIES = 256
"""Sets of labels that one metric may have: kinds of object are whatever a client says."""

OTHER = "other"

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_PLAIN = re.compile(r"[A-Za-z0-9_./:@+-]{1,128}")

Labels = tuple[str, ...]


@dataclass(slots=True)
class _Spread:
    """What a histogram holds of one set of labels."""

    buckets: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    count: int = 0
    total: float = 0.0


class Numbers:
    """Metrics of one name. `labels` are the labels' names."""

    kind = "untyped"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:  # noqa: A002
        self.name = name
        self.help = help
        self.labels = tuple(labels)
        self._lock = Lock()

    def lines(self) -> Iterator[str]:
        """What a scrape reads."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        yield from self.samples()

    def samples(self) -> Iterator[str]:
        """The lines with the numbers."""
        raise NotImplementedError

    def _key(self, values: Labels, known: Mapping[Labels, object]) -> Labels:
        """The labels to count under. Text that is no plain word, or one too many, is `other`."""
        clean = tuple(value if _PLAIN.fullmatch(value) else OTHER for value in values)
        if clean in known or len(known) < MAX_SERIES:
            return clean
        return (OTHER,) * len(self.labels)

    def _named(self, values: Labels, *more: str) -> str:
        pairs = [f'{name}="{value}"' for name, value in zip(self.labels, values, strict=True)]
        both = ",".join((*pairs, *more))
        return f"{{{both}}}" if both else ""


class Counter(Numbers):
    """Only grows."""

    kind = "counter"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:  # noqa: A002
        super().__init__(name, help, labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0}

    def add(self, *values: str, amount: float = 1) -> None:
        """Count under these labels."""
        with self._lock:
            key = self._key(values, self._values)
            self._values[key] = self._values.get(key, 0) + amount

    def value(self, *values: str) -> float:
        """What it is now."""
        return self._values.get(values, 0)

    def samples(self) -> Iterator[str]:
        """The lines with the numbers."""
        with self._lock:
            now = dict(self._values)
        for key, value in now.items():
            yield f"{self.name}{self._named(key)} {_number(value)}"


class Gauge(Counter):
    """Goes up and down."""

    kind = "gauge"

    def set(self, value: float, *values: str) -> None:
        """What it is from now on."""
        with self._lock:
            self._values[self._key(values, self._values)] = value

    def set_alone(self, value: float, *values: str) -> None:
        """The same, and it is the only one from now on."""
        with self._lock:
            self._values = {self._key(values, {}): value}


class Histogram(Numbers):
    """How values spread, in seconds."""

    kind = "histogram"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:  # noqa: A002
        super().__init__(name, help, labels)
        self._spreads: dict[Labels, _Spread] = {}

    def observe(self, value: float, *values: str) -> None:
        """Count a value under these labels."""
        with self._lock:
            spread = self._spreads.setdefault(self._key(values, self._spreads), _Spread())
            spread.count += 1
            spread.total += value
            for place, bound in enumerate(BUCKETS):
                if value <= bound:
                    spread.buckets[place] += 1
                    break

    def samples(self) -> Iterator[str]:
        """The lines with the numbers."""
        with self._lock:
            now = {
                key: _Spread(list(spread.buckets), spread.count, spread.total)
                for key, spread in self._spreads.items()
            }
        for key, spread in now.items():
            below = 0
            for bound, count in zip(BUCKETS, spread.buckets, strict=True):
                below += count
                named = self._named(key, f'le="{_number(bound)}"')
                yield f"{self.name}_bucket{named} {below}"
            named = self._named(key, 'le="+Inf"')
            yield f"{self.name}_bucket{named} {spread.count}"
            yield f"{self.name}_sum{self._named(key)} {_number(spread.total)}"
            yield f"{self.name}_count{self._named(key)} {spread.count}"


def exposition(metrics: Sequence[Numbers]) -> bytes:
    """All of them, as a scrape reads them."""
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines()).encode()


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
