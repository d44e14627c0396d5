from __future__ import annotations

from aiverify.core.description import BaseReference, Stated
from aiverify.sbom.composing.ancestry import Ancestor, trace
from tests.support.described import artifact_of

ARTIFACT = artifact_of("adapter_model.safetensors", name="lora")
BASE = BaseReference("meta/llama")
REVISION = BaseReference("meta/llama", revision="main")
DIGEST = "sha256:" + "0" * 64


def stated(*references: BaseReference) -> list[Stated[BaseReference]]:
    return [Stated(reference, f"place-{index}") for index, reference in enumerate(references)]


def bases(*references: BaseReference, at_hand: BaseReference | None = None) -> list[BaseReference]:
    return [item.base for item in trace(ARTIFACT, stated(*references), at_hand).ancestors]


def test_statements_about_one_base_are_joined():
    ancestry = trace(ARTIFACT, stated(BASE, REVISION, BASE), None)

    assert ancestry.ancestors == (Ancestor(REVISION, ("place-0", "place-1", "place-2")),)


def test_two_revisions_of_a_base_are_two_bases():
    other = BaseReference("meta/llama", revision="v2")

    assert bases(REVISION, other) == [REVISION, other]


def test_the_base_at_hand_pins_the_one_of_its_name():
    other = BaseReference("other/base")
    pinned = BaseReference("meta/llama", "main", DIGEST)

    found = bases(other, REVISION, at_hand=BaseReference("meta/llama", digest=DIGEST))

    assert found == [other, pinned]


def test_the_base_at_hand_pins_the_only_one_whatever_its_directory_was_called():
    ancestry = trace(ARTIFACT, stated(BASE), BaseReference("base-dir", digest=DIGEST))

    pinned = BaseReference("meta/llama", digest=DIGEST)
    assert ancestry.ancestors == (Ancestor(pinned, ("place-0",), called="base-dir"),)


def test_the_base_at_hand_stands_alone_when_nothing_is_stated():
    at_hand = BaseReference("base-dir", digest=DIGEST)

    assert bases(at_hand=at_hand) == [at_hand]


def test_a_base_of_another_revision_pins_nothing():
    at_hand = BaseReference("meta/llama", "v2", DIGEST)

    assert bases(REVISION, at_hand=at_hand) == [REVISION, at_hand]


def test_a_base_that_could_be_either_of_two_pins_neither():
    other = BaseReference("other/base")
    at_hand = BaseReference("base-dir", digest=DIGEST)

    assert bases(BASE, other, at_hand=at_hand) == [BASE, other, at_hand]


def test_an_artifact_is_never_its_own_ancestor():
    by_name = BaseReference("lora")
    by_digest = BaseReference("copy", digest=str(ARTIFACT.manifest.root))

    ancestry = trace(ARTIFACT, stated(by_name, BASE, by_digest), None)

    assert [item.base for item in ancestry.ancestors] == [BASE]
    assert ancestry.warnings == (
        "the base model lora is the artifact itself and was left out",
        "the base model copy is the artifact itself and was left out",
    )


def test_a_base_without_a_name_is_left_out_with_a_warning():
    ancestry = trace(ARTIFACT, stated(BaseReference(digest=DIGEST)), None)

    assert ancestry.ancestors == ()
    assert ancestry.warnings == ("a base model without a name was left out of the pedigree",)


def test_what_is_left_out_does_not_keep_the_base_at_hand_from_its_place():
    at_hand = BaseReference("base-dir", digest=DIGEST)

    assert bases(BaseReference("lora"), at_hand=at_hand) == [at_hand]
