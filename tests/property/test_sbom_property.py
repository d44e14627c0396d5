"""Whatever the files say, the SBOM is sound and agrees with them; whatever an SBOM says,
it is read to the end."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import (
    AdapterSettings,
    BaseReference,
    Description,
    Metric,
    Stated,
)
from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry, Manifest
from aiverify.sbom.agreement import disagreements
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from tests.support import described
from tests.support.cyclonedx import assert_sound

texts = st.text(st.characters(), max_size=20)
"""Lone surrogates included: YAML and file names can hold them."""

licences = texts | st.sampled_from(["mit", "llama3.2", "other", "MIT OR Apache-2.0", "("])
base_references = st.builds(BaseReference, texts | st.just("a/b"), texts, texts)


def stated(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(Stated, values, texts)


def several(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(stated(values), max_size=3).map(tuple)


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | stated(values)


descriptions = st.builds(
    Description,
    name=maybe(texts),
    architecture=maybe(texts),
    family=maybe(texts),
    library=maybe(texts),
    task=maybe(texts),
    licences=several(licences),
    languages=several(texts),
    tags=several(texts),
    base_models=several(base_references),
    datasets=several(texts),
    metrics=several(st.builds(Metric, texts, texts, texts, texts, texts)),
    sections=st.dictionaries(texts | st.just("limitations"), stated(texts), max_size=2),
    formats=st.lists(texts, max_size=2).map(tuple),
    parameters=maybe(st.integers()),
    dtypes=st.dictionaries(texts, st.integers(), max_size=2),
    adapter=maybe(
        st.builds(AdapterSettings, texts, st.none() | st.integers(), st.none() | st.floats())
    ),
    warnings=st.lists(texts, max_size=2).map(tuple),
)

file_names = st.text(min_size=1, max_size=20).map(lambda text: "f-" + text.replace("/", "|"))


@st.composite
def artifacts(draw) -> Artifact:
    names = draw(st.lists(file_names, max_size=4, unique=True))
    entries = [Entry(name, Digest.of(name.encode()), 1) for name in sorted(names)]
    manifest = Manifest(tuple(entries))
    return Artifact(draw(st.sampled_from(Kind)), draw(texts), draw(texts), manifest)


KEYS = [
    "metadata",
    "component",
    "components",
    "hashes",
    "alg",
    "name",
    "type",
    "licenses",
    "license",
    "id",
    "expression",
    "pedigree",
    "ancestors",
    "properties",
    "value",
]

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(artifacts(), descriptions, st.none() | base_references)
def test_any_description_gives_a_sound_document_that_agrees_with_it(artifact, description, base):
    bom = compose(artifact, description, (), base=base)
    document = encode(bom, serial=serial_number(artifact.manifest.root), timestamp=None)

    assert_sound(document)
    assert disagreements(document, artifact, description) == ()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["metadata", "components"]), documents))
def test_any_document_is_read_to_the_end(document):
    lora = described.lora()

    disagreements({"bomFormat": "CycloneDX", **document}, lora.artifact, lora.description)
