"""`modules.json`: the modules that sentence-transformers builds a model of, in their order."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.loading import document
from aiverify.formats.loading.code import reference
from aiverify.formats.loading.modules import Standing, is_below, standing
from aiverify.formats.loading.paths import path

MAX_BYTES = 1 << 20

OWN = frozenset({"sentence_transformers", "pylate"})


class ModulesJson:
    """The modules of a model. States `modules`: the class and the folder of each."""

    name = "sentence_transformers_modules"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "modules.json"

    def read(self, _probe: Probe, source: Source) -> Facts:
        """The modules, and whether each class is the library's own.

        Raises:
            MalformedError: it is not a list of objects.
        """
        if source.size > MAX_BYTES:
            raise MalformedError("larger than a list of modules can be")
        value = jsonvalue.loads(source.read_at(0, source.size), "the list of modules")
        if not isinstance(value, list):
            raise MalformedError(f"the modules are {jsonvalue.kind(value)}, not a list")
        found = Found()
        document.judge(value, found)
        modules = [_module(found, f"#/{index}", item) for index, item in enumerate(value)]
        summary = counted(len(modules), "module")
        return Facts(self.name, self.role, summary, {"modules": modules}, findings=found.all())


def _module(found: Found, place: str, item: Json) -> Json:
    if not isinstance(item, Mapping) or not isinstance(item.get("type"), str):
        raise MalformedError(f"a module at {place} names no type")
    kind, folder = str(item["type"]), item.get("path", "")
    _type(found, f"{place}/type", kind)
    path(found, f"{place}/path", folder)
    return {"type": kind, "path": folder if isinstance(folder, str) else ""}


def _type(found: Found, place: str, kind: str) -> None:
    """A class, which the library imports by its name."""
    if is_below(kind, OWN) and standing(kind) is not Standing.DANGEROUS:
        return
    if "--" in kind:
        reference(found, place, kind)
    elif kind.count(".") == 1 and standing(kind) is Standing.UNKNOWN:
        message = f"has a class imported that may lie beside it: {shown(kind)}"
        found.add(configs.OWN_CODE, message, place)
    else:
        severity = Severity.WARNING if standing(kind) is Standing.KNOWN else None
        found.add(configs.IMPORT, f"has {shown(kind)} imported", place, severity)
