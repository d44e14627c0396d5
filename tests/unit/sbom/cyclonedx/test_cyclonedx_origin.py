"""Where values came from, in properties."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Means, Origin, Property
from aiverify.sbom.cyclonedx.origin import origin_properties


@pytest.mark.parametrize(
    ("origin", "name", "value"),
    [
        (Origin("licence", "README.md#license"), "licence", "README.md#license"),
        (Origin("family", "a.gguf", Means.INFERRED), "family", "a.gguf (inferred)"),
        (Origin("supplier", "--supplier", Means.GIVEN), "supplier", "--supplier (given)"),
        (Origin("aiverify:parameters", "a.gguf"), "parameters", "a.gguf"),
    ],
)
def test_a_source_says_how_the_value_follows_from_it_unless_it_is_stated(origin, name, value):
    assert origin_properties([origin]) == (Property(f"aiverify:source:{name}", value),)


def test_a_field_with_two_sources_has_both():
    origins = [Origin("licence", "README.md#license"), Origin("licence", "LICENSE")]

    assert [item.value for item in origin_properties(origins)] == ["README.md#license", "LICENSE"]
