"""Datasets: what one is, and whether all of it lies in the file."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.finding import Severity
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.hdf5.contents import Contents
from aiverify.formats.hdf5.datatypes import Datatype, dataspace, datatype
from aiverify.formats.hdf5.filters import BUILT_IN, LZF, REGISTERED, Filter, pipeline
from aiverify.formats.hdf5.heaps import GlobalHeaps
from aiverify.formats.hdf5.layouts import Layout, Way, external_files, layout
from aiverify.formats.hdf5.objects import Kind, Message, resolved
from aiverify.formats.hdf5.pickles import pickled
from aiverify.formats.hdf5.store import Store

MAX_SHOWN = 200
MAX_BYTES = 1 << 63


class Datasets:
    """Looks at the messages of one object after the other for a dataset's."""

    def __init__(self, store: Store, heaps: GlobalHeaps, contents: Contents) -> None:
        self._store = store
        self._heaps = heaps
        self._contents = contents

    def look(self, path: str, found: Sequence[Message]) -> None:
        """Add what a dataset states, if the object is one.

        Raises:
            MalformedError: the messages contradict each other or the file.
            NotFollowed: a message is kept where it is not looked for.
        """
        bodies = {
            kind: [resolved(self._store, item).data for item in found if item.kind == kind]
            for kind in (Kind.DATASPACE, Kind.DATATYPE, Kind.LAYOUT, Kind.FILTERS)
        }
        for data in bodies[Kind.FILTERS]:
            for stage in pipeline(self._store, data):
                self._filter(path, stage)
        for item in found:
            if item.kind == Kind.EXTERNAL_FILES:
                self._external(path, [*external_files(self._store, item.data)])
        layouts = [layout(self._store, self._heaps, data) for data in bodies[Kind.LAYOUT]]
        for place in layouts:
            if place.way == Way.VIRTUAL:
                self._external(path, [place.source])
        if layouts and bodies[Kind.DATATYPE] and bodies[Kind.DATASPACE]:
            kind = datatype(self._store, bodies[Kind.DATATYPE][0])
            shape = dataspace(self._store, bodies[Kind.DATASPACE][0])
            self._dataset(path, kind, (0,) if shape is None else shape, layouts[0])

    def _dataset(self, path: str, kind: Datatype, shape: tuple[int, ...], place: Layout) -> None:
        tensor = Tensor(path, kind.name, shape)
        needed = tensor.elements * kind.size
        if max(needed, tensor.elements) >= MAX_BYTES:
            raise MalformedError(f"dataset {_shown(path)} has a shape whose product overflows")
        self._contents.tensors.append(tensor)
        if place.size is not None and place.size < needed and not self._elsewhere(place):
            raise MalformedError(
                f"dataset {_shown(path)} needs {needed} bytes, and its layout gives {place.size}"
            )
        if place.address is None or place.way == Way.CHUNKED:
            self._contents.declared += needed if place.way != Way.COMPACT else 0
            self._store.check(place.address or 0, 1)
        elif place.way == Way.CONTIGUOUS:
            self._store.check(place.address, place.size or needed)
            part = pickled(self._store, path, kind, needed, place)
            self._contents.parts += [part] if part else []

    def _elsewhere(self, place: Layout) -> bool:
        """Whether the bytes are not in the file: never written, or in external files."""
        return place.way == Way.CONTIGUOUS and place.address is None

    def _filter(self, path: str, item: Filter) -> None:
        self._contents.filters.add(item.name or str(item.number))
        if item.number in BUILT_IN or item.number == LZF:
            return
        known = item.number in REGISTERED
        name = printable(item.name[:MAX_SHOWN]) or "without a name"
        self._contents.found(
            rules.keras.FILTER.found(
                f"dataset {_shown(path)} needs filter {item.number}, {name}",
                place=path[:MAX_SHOWN],
                severity=Severity.WARNING if known else None,
            )
        )

    def _external(self, path: str, names: Sequence[str]) -> None:
        for name in names or [""]:
            shown = printable(name[:MAX_SHOWN])
            message = f"dataset {_shown(path)} lies in other files: {shown or 'not named'}"
            self._contents.found(rules.keras.EXTERNAL.found(message, place=path[:MAX_SHOWN]))


def _shown(path: str) -> str:
    return printable(path[:MAX_SHOWN])
