"""KubeRay: what a RayService's configuration names, which is YAML in a string, and RayJob."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.webhook.extractors import commandline, paths, podspec, uris, workloads
from aiverify.webhook.extractors.declared import Declared, kinds
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.named import Word
from aiverify.webhook.extractors.options import JSON_SOURCES, option
from aiverify.webhook.extractors.podspec import Around
from aiverify.webhook.extractors.variables import Budget

GROUP = "ray.io"

MAX_TEXT = 1 << 18
"""Characters of a configuration."""

_SOURCE, _ID = "model_source", "model_id"


def _service(document: Mapping[str, Json]) -> Iterator[Found]:
    for spot in paths.walk(document, ".spec.serveConfigV2"):
        yield from _text(spot.value, spot.pointer)


def _job(document: Mapping[str, Json]) -> Iterator[Found]:
    for member in ("runtimeEnvYAML", "submitterConfig"):
        for spot in paths.walk(document, f".spec.{member}"):
            if isinstance(spot.value, str) or member == "runtimeEnvYAML":
                yield from _text(spot.value, spot.pointer)
    for spot in paths.walk(document, ".spec.entrypoint"):
        if spot.wrong or not isinstance(spot.value, str):
            yield uris.doubtful("entrypoint", spot.pointer, What.MODEL, "is no text")
            continue
        container: dict[str, Json] = {"command": ["sh", "-c", spot.value]}
        for found in podspec.extract_container(container, "", Around(), Budget()):
            yield Found(found.uri, spot.pointer, found.what, found.revision, found.problem)


def _text(value: Json, where: str) -> Iterator[Found]:
    """What YAML in a string names. A pointer cannot go into a string, so all are at its own."""
    if value is None or value == "":
        return
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        yield uris.doubtful("configuration", where, What.MODEL, "is no text, or too long")
        return
    from aiverify.core import yamlvalue

    try:
        parsed = yamlvalue.parse(value, "it")
    except MalformedError as error:
        yield uris.doubtful("configuration", where, What.MODEL, f"cannot be read: {error.message}")
        return
    yield from _configured(parsed, where)
    for found in workloads.extract({"configuration": parsed}):
        yield Found(found.uri, where, found.what, found.revision, found.problem)


def _configured(parsed: Json, where: str) -> Iterator[Found]:
    waiting = [parsed]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, Mapping):
            yield from _of_mapping(item, where)
            waiting += item.values()


def _of_mapping(item: Mapping[str, Json], where: str) -> Iterator[Found]:
    loading = item.get("model_loading_config")
    if isinstance(loading, Mapping):
        yield from _loading(loading, where)
    elif loading is not None:
        yield uris.doubtful("model_loading_config", where, What.MODEL, "is no object")
    listed = item.get("llm_configs")
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, Mapping):
            reason = "is in a file that is not in the object"
            yield uris.doubtful(_shown(one), where, What.MODEL, reason)
    path = item.get("dynamic_lora_loading_path")
    if path is not None and path != "":
        reason = "lets adapters be loaded that nobody admits"
        yield uris.doubtful(_shown(path), where, What.ADAPTER, reason)
    if "working_dir" in item or "py_modules" in item:
        yield from _code(item, where)
    for member in ("args", "engine_kwargs", "user_config"):
        inner = item.get(member)
        if isinstance(inner, Mapping):
            yield from _arguments(inner, where)


def _loading(loading: Mapping[str, Json], where: str) -> Iterator[Found]:
    source = loading.get(_SOURCE)
    if isinstance(source, Mapping):
        source = source.get("bucket_uri")
        if source is None:
            yield uris.doubtful(_SOURCE, where, What.MODEL, "has no bucket_uri")
            return
    if source is None or source == "":
        source = loading.get(_ID)
    if isinstance(source, str):
        yield _one(source, where)
    else:
        yield uris.doubtful(_SOURCE, where, What.MODEL, "is no text")


def _code(item: Mapping[str, Json], where: str) -> Iterator[Found]:
    modules = item.get("py_modules")
    listed = modules if isinstance(modules, list) else [modules]
    for value in (item.get("working_dir"), *listed):
        if isinstance(value, str) and uris.has_scheme(value):
            reason = "is code that is fetched when the service starts"
            yield uris.doubtful(value, where, What.MODEL, reason)


def _arguments(members: Mapping[str, Json], where: str) -> Iterator[Found]:
    """Arguments of an application, which have the names that options of servers have."""
    stated = members.get("revision")
    revision = stated if isinstance(stated, str) else ""
    for name, value in members.items():
        known = option(name.lower())
        if value is None or value == "" or (known is None and name not in JSON_SOURCES):
            continue
        if name == _ID and _SOURCE in members:
            continue
        if isinstance(value, str) and known is not None:
            for named in commandline.read_value(known, Word(value, where), revision):
                if named.problem:
                    yield uris.doubtful(named.text, where, named.what, named.problem)
                else:
                    yield _one(named.text, where, named.what, named.revision)
        elif isinstance(value, Mapping | list):
            for named in commandline.json_sources(value, where, What.MODEL):
                yield _one(named.text, where, named.what, named.revision)
        elif known is not None:
            yield uris.doubtful(name, where, What.MODEL, "is no text")


def _one(text: str, where: str, what: What = What.MODEL, revision: str = "") -> Found:
    if uris.has_scheme(text) or uris.is_hub_name(text.partition("@")[0]):
        return uris.found(text, where, what, revision=revision, scheme="hf")
    reason = "is a path on the nodes of a cluster, which cannot be followed"
    return uris.doubtful(text, where, what, reason)


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else "configuration"


EXTRACTORS = (
    Declared(kinds(GROUP, "RayService"), roots=(".spec",), code=_service),
    Declared(kinds(GROUP, "RayJob"), roots=(".spec",), code=_job),
    Declared(kinds(GROUP, "RayCluster"), roots=(".spec",)),
)
