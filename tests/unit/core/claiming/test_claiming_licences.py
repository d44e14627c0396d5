"""The licence of the card, of headers, and of the text beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.claims import card, found, gguf, said, weights
from tests.support.gguf_files import Row
from tests.support.models import LICENCE

APACHE = LICENCE.read_bytes()
LLAMA = ("LLAMA 3.2 COMMUNITY LICENSE AGREEMENT\n\n" + "You may use the materials. " * 60).encode()
MIT = b"""MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
UNKNOWN = b"THE EXAMPLE MODEL LICENSE\n\n" + b"You may look at it on Sundays. " * 60
ROW = Row("token_embd.weight", (256, 4))


def test_the_text_of_another_licence_is_told(tmp_path: Path):
    (finding,) = found(tmp_path, {"README.md": card(license="apache-2.0"), "LICENSE": LLAMA})

    assert finding.message == (
        "README.md gives the licence apache-2.0; LICENSE is the text of llama3.2"
    )
    assert (finding.rule, finding.file, finding.place) == (
        "AIV-CLAIM-LICENCE",
        "README.md",
        "license",
    )


@pytest.mark.parametrize(
    ("licence", "text"),
    [
        ("apache-2.0", APACHE),
        ("Apache 2.0", APACHE),
        ("Apache License 2.0", APACHE),
        ("mit", MIT),
        (["mit", "apache-2.0"], MIT),
        ("llama3.2", LLAMA),
        ("llama-3.2", LLAMA),
        ("Llama 3.2 Community License", LLAMA),
        ("other", LLAMA),
        ("unknown", APACHE),
        ("apache-2.0", UNKNOWN),
        ("see the LICENSE file, which says it all", APACHE),
    ],
)
def test_a_text_of_the_licence_that_the_card_names_is_no_contradiction(
    tmp_path: Path, licence: object, text: bytes
):
    assert said(tmp_path, {"README.md": card(license=licence), "LICENSE": text}) == []


def test_a_name_that_the_publisher_made_up_says_nothing_of_a_text(tmp_path: Path):
    own = card(license="other", license_name="our-licence", license_link="LICENSE")

    assert said(tmp_path, {"README.md": own, "LICENSE": LLAMA}) == []


@pytest.mark.parametrize(
    "files",
    [
        {"LICENSE-CODE": MIT, "LICENSE-MODEL": APACHE},
        {"LICENSE": APACHE, "NOTICE": MIT},
        {"LICENSE": APACHE, "third_party/LICENSE": MIT},
        {"LICENSE": MIT, "LICENSE-MODEL": UNKNOWN},
    ],
)
def test_texts_of_parts_and_of_others_are_passed_over(tmp_path: Path, files: dict[str, bytes]):
    assert said(tmp_path, {"README.md": card(license="apache-2.0"), **files}) == []


def test_where_no_text_is_of_the_licence_each_is_told(tmp_path: Path):
    files = {"LICENSE-CODE": MIT, "LICENSE-MODEL": APACHE}

    assert said(tmp_path, {"README.md": card(license="llama3.2"), **files}) == ["LICENCE"] * 2


@pytest.mark.parametrize(
    ("card_says", "header_says", "contradicts"),
    [
        ("apache-2.0", "mit", True),
        ("cc-by-4.0", "cc-by-nc-4.0", True),
        ("llama2", "llama3", True),
        ("apache-2.0", "Apache-2.0", False),
        ("gpl-3.0", "GPL-3.0-or-later", False),
        ("gpl-3.0", "GPL-v3", False),
        ("gpl-3.0", "GPL-3.0+", False),
        ("gpl-3.0", "gpl-3.0-only", False),
        ("cc-by-nc-4.0", "cc", False),
        ("openrail", "creativeml-openrail-m", False),
        ("openrail++", "creativeml-openrail-m", False),
        ("mit", "other", False),
        ("mit", "https://example.org/licence", False),
        ("mit", "MIT License", False),
        ("apache-2.0", "apache-2.0 OR mit", False),
    ],
)
def test_a_header_that_names_another_licence_is_told(
    tmp_path: Path, card_says: str, header_says: str, contradicts: bool
):
    files = {
        "README.md": card(license=card_says),
        "model.gguf": gguf(ROW, general__license=header_says),
    }

    assert said(tmp_path, files) == ["LICENCE"] * contradicts


def test_a_header_of_safetensors_can_name_one_as_well(tmp_path: Path):
    files = {
        "README.md": card(license="mit"),
        "model.safetensors": weights(**{"modelspec.license": "apache-2.0"}),
    }
    (finding,) = found(tmp_path, files)

    assert "model.safetensors says apache-2.0" in finding.message


def test_without_a_card_a_header_is_held_against_the_text(tmp_path: Path):
    files = {"model.gguf": gguf(ROW, general__license="mit"), "LICENSE": APACHE}
    (finding,) = found(tmp_path, files)

    assert finding.message == "model.gguf says mit; LICENSE is the text of Apache-2.0"


@pytest.mark.parametrize("licence", [None, 7, {"a": 1}, [], [7], "", "x" * 100_000])
def test_a_licence_of_the_wrong_type_is_passed_over(tmp_path: Path, licence: object):
    assert said(tmp_path, {"README.md": card(license=licence), "LICENSE": APACHE}) == []
