"""Whatever a bill says, its SPDX document is sound."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.sbom.bom import Bom, Component
from tests.support.boms import boms, texts
from tests.support.spdx import encoded, ids


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(boms())
def test_any_bill_gives_a_sound_document(bom: Bom):
    document = encoded(bom)

    assert len(list(ids(document))) >= 3 + len(bom.components)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(boms(), st.data())
def test_a_ref_may_be_any_text_and_lead_nowhere(bom: Bom, data: st.DataObject):
    refs = st.sampled_from(["document", "sbom", "tool", "a#b", "a%23b", "_:b", ""]) | texts

    def renamed(component: Component) -> Component:
        needs = data.draw(st.none() | st.lists(refs, max_size=2).map(tuple))
        return replace(component, ref=data.draw(refs), needs=needs)

    encoded(
        replace(
            bom,
            root=renamed(bom.root),
            files=tuple(map(renamed, bom.files)),
            bases=tuple(map(renamed, bom.bases)),
        )
    )
