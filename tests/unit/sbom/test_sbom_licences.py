from __future__ import annotations

import pytest

from aiverify.sbom.licences import MAX_EXPRESSION, Form, Licence, classify, classify_all


@pytest.mark.parametrize(
    ("written", "form", "text"),
    [
        ("apache-2.0", Form.ID, "Apache-2.0"),
        (" MIT\n", Form.ID, "MIT"),
        ("bsl-1.0", Form.ID, "BSL-1.0"),
        ("mit or apache-2.0", Form.EXPRESSION, "MIT OR Apache-2.0"),
        ("(MIT AND BSD-3-Clause)", Form.EXPRESSION, "(MIT AND BSD-3-Clause)"),
        (
            "Apache-2.0 with llvm-exception",
            Form.EXPRESSION,
            "Apache-2.0 WITH LLVM-exception",
        ),
        ("llama3.2", Form.NAME, "llama3.2"),
        ("other", Form.NAME, "other"),
        ("gpl", Form.NAME, "gpl"),
        ("MIT OR", Form.NAME, "MIT OR"),
        ("MIT OR llama3.2", Form.NAME, "MIT OR llama3.2"),
        ("(mit", Form.NAME, "(mit"),
        ("yes\ud800", Form.NAME, "yes\\ud800"),
    ],
)
def test_a_licence_is_spelled_as_spdx_spells_it_or_kept_as_a_name(written, form, text):
    assert classify(written) == Licence(form, text)


def test_an_expression_too_long_for_a_person_is_kept_as_a_name():
    written = "MIT OR " * MAX_EXPRESSION + "MIT"

    assert classify(written).form is Form.NAME


def test_two_spellings_of_one_licence_are_one_and_an_empty_one_is_none():
    assert classify_all(["Apache-2.0", "", " ", "apache-2.0", "Llama3.2", "llama3.2"]) == (
        Licence(Form.ID, "Apache-2.0"),
        Licence(Form.NAME, "llama3.2"),
    )
