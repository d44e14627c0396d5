"""Any bill of materials gives a sound CycloneDX document, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.jsonvalue import canonical, loads
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.cyclonedx.values import date_time, uri
from aiverify.sbom.cyclonedx.xml import to_xml
from aiverify.sbom.cyclonedx.xmltext import escaped
from tests.support.boms import SERIAL, TIME, boms, texts, urls
from tests.support.cyclonedx import assert_sound, assert_sound_xml
from tests.support.cyclonedx_xml import exact, read_xml

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("version", ["1.6", "1.7"])
@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(bom=boms())
def test_any_bill_is_sound_in_json_and_says_the_same_in_xml(version, bom):
    document = encode(bom, serial=SERIAL, timestamp=TIME, spec_version=version)
    assert_sound(document)
    assert loads(canonical(document), "the SBOM") == document

    xml = to_xml(document)
    assert_sound_xml(xml, version)
    assert read_xml(xml) == exact(document, escaped)


@settings(max_examples=200, deadline=None)
@given(urls | texts)
def test_a_uri_is_taken_as_it_is_the_second_time(text):
    encoded = uri(text)

    assert uri(encoded) == encoded
    assert encoded.isascii()


@settings(max_examples=200, deadline=None)
@given(st.datetimes(timezones=st.timezones()).map(lambda time: time.isoformat()) | texts)
def test_a_time_is_kept_or_refused(text):
    assert date_time(text) in {text.upper(), ""}
