"""NVIDIA's NIM operator: NIMCache, NIMService and NIMPipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import paths, uris
from aiverify.webhook.extractors.declared import ELSEWHERE, Declared, Rule, kinds
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.options import HUB
from aiverify.webhook.extractors.paths import Spot

GROUP = "apps.nvidia.com"

_STORE = "is in a data store, whose address is not what a signature speaks of"


def _hub(document: Mapping[str, Json]) -> Iterator[Found]:
    """A model on Hugging Face, whose name is in two members."""
    for spot in paths.walk(document, ".spec.source.hf"):
        if spot.wrong or not isinstance(spot.value, Mapping):
            yield uris.doubtful("hf", spot.pointer, What.MODEL, "is no object")
            continue
        yield from _named(spot, spot.value)


def _named(spot: Spot, source: Mapping[str, Json]) -> Iterator[Found]:
    endpoint = source.get("endpoint")
    if endpoint not in (None, "", HUB, f"{HUB}/"):
        where = f"{spot.pointer}/endpoint"
        yield uris.doubtful("endpoint", where, What.MODEL, "is not Hugging Face's own")
    for member in ("modelName", "datasetName"):
        name, where = source.get(member), f"{spot.pointer}/{member}"
        owner, revision = source.get("namespace"), source.get("revision") or ""
        if name is None or name == "":
            continue
        texts = (name, owner, revision)
        if not all(isinstance(text, str) for text in texts) or member == "datasetName":
            yield uris.doubtful(member, where, What.MODEL, "is no name of a model")
            continue
        full = f"hf://{owner}/{name}"
        yield uris.found(full, where, revision=str(revision))


def _image(document: Mapping[str, Json], above: str) -> Iterator[Found]:
    for spot in paths.walk(document, f"{above}.image"):
        value, where = spot.value, f"{spot.pointer}/repository"
        if spot.wrong or not isinstance(value, Mapping):
            yield uris.doubtful("image", spot.pointer, What.IMAGE, "is no object")
            continue
        repository, tag = value.get("repository"), value.get("tag") or ""
        if isinstance(repository, str) and isinstance(tag, str):
            mark = "@" if tag.startswith("sha256:") else ":"
            text = f"{repository}{mark}{tag}" if tag else repository
            # A NIM has its model in the image, or a list of those that it fetches.
            yield uris.found_image(text, where, What.MODEL)
        else:
            yield uris.doubtful("image", where, What.MODEL, "is of a wrong type")


def _claims(document: Mapping[str, Json], above: str) -> Iterator[Found]:
    for spot in paths.walk(document, f"{above}.storage.pvc"):
        value = spot.value
        if spot.wrong or not isinstance(value, Mapping):
            yield uris.doubtful("pvc", spot.pointer, What.MODEL, "is no object")
            continue
        name, below = value.get("name"), value.get("subPath") or ""
        where = f"{spot.pointer}/name"
        if isinstance(name, str) and name and isinstance(below, str):
            yield uris.found(f"pvc://{name}/{below.strip('/')}", where)
        elif name is not None and name != "":
            yield uris.doubtful("pvc", where, What.MODEL, "is of a wrong type")


def _service(document: Mapping[str, Json]) -> Iterator[Found]:
    yield from _image(document, ".spec")
    yield from _claims(document, ".spec")


def _pipeline(document: Mapping[str, Json]) -> Iterator[Found]:
    yield from _image(document, ".spec.services[*].spec")
    yield from _claims(document, ".spec.services[*].spec")


def _storage(above: str) -> tuple[Rule, ...]:
    return (
        Rule(f"{above}.storage.nimCache.name", problem=ELSEWHERE),
        Rule(f"{above}.storage.hostPath", scheme="file"),
    )


EXTRACTORS = (
    Declared(
        kinds(GROUP, "NIMCache"),
        rules=(
            Rule(".spec.source.ngc.modelPuller", scheme="image"),
            Rule(".spec.source.ngc.modelEndpoint", problem=_STORE),
            Rule(".spec.source.hf.modelPuller", What.IMAGE, "image"),
            Rule(".spec.source.dataStore", problem=_STORE),
            Rule(".spec.source.nemoDataStore", problem=_STORE),
        ),
        roots=(".spec", ".spec.source"),
        code=_hub,
    ),
    Declared(kinds(GROUP, "NIMService"), rules=_storage(".spec"), roots=(".spec",), code=_service),
    Declared(
        kinds(GROUP, "NIMPipeline"),
        rules=_storage(".spec.services[*].spec"),
        roots=(".spec",),
        code=_pipeline,
    ),
)
