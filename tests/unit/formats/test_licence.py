"""Texts of licences: what is recognised, and how much it takes to be in doubt."""

from __future__ import annotations

from importlib.metadata import files as files_of
from pathlib import Path

import pytest
from identify.vendor.licenses import LICENSES

from aiverify.core.facts import Role, State
from aiverify.formats.licensing import words
from aiverify.formats.licensing.titles import licence_by_title, policy_by_title
from aiverify.formats.licensing.words import Found, by_words
from tests.support.looking import look_at

MIT = """MIT License

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

PROSE = "and so on with words of any kind " * 40


def shipped(package: str, name: str) -> str:
    """A licence that a package of the environment comes with."""
    found = next(path for path in files_of(package) or () if path.name == name)
    return str(found.read_text())


APACHE, BSD = shipped("packaging", "LICENSE.APACHE"), shipped("packaging", "LICENSE.BSD")
CC_BY = shipped("license-expression", "cc-by-4.0.LICENSE")
"""With all that Creative Commons prints around it."""

GPL, WHOLE_APACHE = dict(LICENSES)["GPL-3.0"], dict(LICENSES)["Apache-2.0"]

BSD_3 = BSD.replace(
    "\nTHIS SOFTWARE",
    "\n    3. Neither the name of the copyright holder nor the names of its\n"
    "       contributors may be used to endorse or promote products derived from\n"
    "       this software without specific prior written permission.\n\nTHIS SOFTWARE",
)


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (MIT, "MIT"),
        (MIT.replace("\n", "\r\n"), "MIT"),
        ("\ufeff" + MIT.upper(), "MIT"),
        (APACHE, "Apache-2.0"),
        (BSD, "BSD-2-Clause"),
        (BSD_3, "BSD-3-Clause"),
        (GPL, "GPL-3.0"),
        (GPL[: GPL.index("How to Apply")], "GPL-3.0"),
        (WHOLE_APACHE, "Apache-2.0"),
        (CC_BY, "CC-BY-4.0"),
    ],
)
def test_a_text_that_is_one_licence_says_which(tmp_path: Path, text: str, licence: str) -> None:
    found = look_at(tmp_path, "LICENSE", text.encode())
    assert (found.facts.format, found.facts.role) == ("licence", Role.DOC)
    assert (found.state, found.facts.summary) == (State.CLEAN, licence)
    assert found.facts.values["licence"] == licence
    assert found.facts.values["confidence"] == "exact"


@pytest.mark.parametrize(("licence", "text"), LICENSES)
def test_every_text_that_is_known_is_known_as_itself(licence: str, text: str) -> None:
    assert by_words(text) == Found((licence,), exact=True)


def test_no_licence_holds_the_terms_of_another() -> None:
    terms = [words._licence(name, text).terms for name, text in LICENSES]
    assert not [one for one in terms for other in terms if one is not other and one in other]


@pytest.mark.parametrize(
    "text",
    [
        MIT.replace("without restriction", "for research without gain"),
        MIT.replace("to any person", "to no person"),
        "This model is under the MIT License.",
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
        "https://www.apache.org/licenses/LICENSE-2.0",
        "MIT License\n\n" + PROSE,
        MIT + PROSE,
        "Attribution is welcome.\n" + PROSE,
        "",
    ],
)
def test_a_text_in_doubt_says_nothing(tmp_path: Path, text: str) -> None:
    values = look_at(tmp_path, "LICENSE", text.encode()).facts.values
    assert set(values) <= {"lines"}


@pytest.mark.parametrize("text", [f"{MIT}\nWith love from us.\n", " ".join(MIT.split())])
def test_a_text_with_words_that_are_no_terms_is_close(tmp_path: Path, text: str) -> None:
    values = look_at(tmp_path, "LICENSE", text.encode()).facts.values
    assert (values["licence"], values["confidence"]) == ("MIT", "close")


@pytest.mark.parametrize(
    "more",
    [
        "The Software may not be used commercially.",
        "Commons Clause: the right to sell is restricted.",
        "This model is subject to the rules of our service.",
        "\n\nNobody may use it.",
    ],
)
def test_terms_beside_a_licence_make_it_none(tmp_path: Path, more: str) -> None:
    values = look_at(tmp_path, "LICENSE", f"{MIT}\n{more}\n".encode()).facts.values
    assert "licence" not in values
    assert values["licences"] == ["MIT"]


def test_several_texts_state_all_and_choose_none(tmp_path: Path) -> None:
    values = look_at(tmp_path, "LICENSE", (MIT + APACHE).encode()).facts.values
    assert "licence" not in values
    assert values["licences"] == ["Apache-2.0", "MIT"]


@pytest.mark.parametrize("name", ["NOTICE", "third_party_licenses.txt", "COPYRIGHT", "NOTICE.md"])
def test_the_licences_of_others_are_not_the_artifact_s(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, MIT.encode())
    assert found.facts.format == "licence"
    assert "licence" not in found.facts.values
    assert found.facts.values["licences"] == ["MIT"]


@pytest.mark.parametrize(
    ("title", "licence"),
    [
        ("LLAMA 2 COMMUNITY LICENSE AGREEMENT", "llama2"),
        ("Meta Llama 3 Community License Agreement", "llama3"),
        ("**Llama 3.2** **Community License Agreement**", "llama3.2"),
        ("LLAMA 4 COMMUNITY LICENSE AGREEMENT, dated April 5, 2025", "llama4"),
        ("# Gemma Terms of Use", "gemma"),
        ("CreativeML Open RAIL-M", "creativeml-openrail-m"),
        ("CreativeML Open RAIL++-M License", "openrail++"),
        ("BigScience RAIL License v1.0", "bigscience-bloom-rail-1.0"),
        ("BigCode Open RAIL-M v1 License Agreement", "bigcode-openrail-m"),
    ],
)
def test_a_licence_of_models_is_known_by_its_title(
    tmp_path: Path, title: str, licence: str
) -> None:
    data = f"\n{title}\n\n{PROSE}".encode()
    values = look_at(tmp_path, "LICENSE.txt", data).facts.values
    assert (values["licence"], values["confidence"]) == (licence, "title")


@pytest.mark.parametrize(
    "title",
    [
        "This is not the Llama 3 Community License Agreement",
        "Our terms are like the Gemma Terms of Use",
        "LLAMA 9 COMMUNITY LICENSE AGREEMENT",
        "Gemma Terms",
        "x\n" * 20 + "Gemma Terms of Use",
        "Gemma Terms of Use" + " " * 500 + "do not apply",
        "The",
    ],
)
def test_what_is_like_a_title_is_none(title: str) -> None:
    assert licence_by_title(f"{title}\n{PROSE}") == ""


def test_a_title_needs_a_text_below_it() -> None:
    assert licence_by_title("Gemma Terms of Use\nSee the address.") == ""


def test_a_policy_of_use_belongs_to_a_licence_and_is_none(tmp_path: Path) -> None:
    text = f"# Llama 3.1 Acceptable Use Policy\n{PROSE}"
    assert policy_by_title(text) == "llama3.1"
    values = look_at(tmp_path, "USE_POLICY.md", text.encode()).facts.values
    assert "licence" not in values
    assert values["use_policy"] == "llama3.1"


@pytest.mark.parametrize(
    ("name", "is_licence"),
    [
        ("license", True),
        ("LICENSE.txt", True),
        ("LICENSE-CODE", True),
        ("Llama-LICENSE.md", True),
        ("UNLICENSE", True),
        ("COPYING.LESSER", True),
        ("licensed_words.txt", False),
        ("noticeable.txt", False),
        ("my-own-new-license", False),
    ],
)
def test_a_licence_has_the_name_of_one(tmp_path: Path, name: str, is_licence: bool) -> None:
    assert (look_at(tmp_path, name, MIT.encode()).facts.format == "licence") is is_licence


def test_what_is_larger_than_any_licence_is_not_compared_and_says_so(tmp_path: Path) -> None:
    values = look_at(tmp_path, "LICENSE", MIT.encode() + b"\n" * (1 << 18)).facts.values
    assert "licence" not in values
    assert values["warnings"] == ["LICENSE is larger than any licence, and not compared with any"]


def test_words_tell_how_sure_they_are() -> None:
    assert by_words(MIT) == Found(("MIT",), exact=True)
    assert by_words(MIT + "\nBye.") == Found(("MIT",), exact=False)
    assert by_words(MIT + "\nNot you.") == Found(("MIT",), exact=False, has_more_terms=True)
    assert by_words("x" * ((1 << 18) + 1)) is None
