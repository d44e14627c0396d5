"""What the words of a command say of registries: which is asked in the clear, and from where."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.cli.registries import Registries
from aiverify.core.reference import Reference
from aiverify.errors import UsageError
from aiverify.registry.place import Place
from aiverify.verify.location import InRegistry

HERE = ("127.0.0.1:5000/llama", "localhost:5000/llama", "localhost/llama", "[::1]:5000/llama")
AWAY = ("registry.example/llama", "127.0.0.1.registry.example/llama", "10.0.0.1:5000/llama")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that unfinished uploads are remembered in; nothing lies where one works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "aiverify" / "uploads"


def test_a_path_that_is_there_is_a_path_and_all_else_may_be_a_reference(tmp_path: Path):
    (tmp_path / "llama").mkdir()

    assert Registries().locate("llama") == Path("llama")
    assert isinstance(Registries().locate("registry.example/llama"), InRegistry)


def test_where_there_may_be_no_word_there_may_be_no_place():
    assert Registries().locate_if(None) is None
    assert Registries().locate_if("lora") == Path("lora")


def test_a_reference_is_one_whatever_lies_at_a_path_of_that_name(tmp_path: Path):
    (tmp_path / "registry.example").mkdir()
    (tmp_path / "registry.example" / "llama").mkdir()

    found = Registries().reference("registry.example/llama")

    assert found.reference == Reference("registry.example", "llama", "latest")


@pytest.mark.parametrize("word", ["llama", "./llama", "acme/llama", "registry.example/Llama", ""])
def test_what_is_no_reference_is_refused(word: str):
    with pytest.raises(UsageError):
        Registries().reference(word)


def test_what_the_words_say_goes_with_every_reference(state: Path):
    words = Registries(plain_http=True, ca_file=Path("roots.pem"))
    place = Place(plain_http=True, ca=Path("roots.pem"), state=state)

    for found in (words.locate(HERE[0]), words.reference(HERE[0]), words.locate_if(HERE[0])):
        assert isinstance(found, InRegistry)
        assert found.place == place


def test_registries_are_asked_over_tls_unless_somebody_says_otherwise(state: Path):
    assert Registries().reference(HERE[0]).place == Place(state=state)
    assert Registries().reference(HERE[0]).place.url(HERE[0].partition("/")[0]).startswith("https")


@pytest.mark.parametrize("word", AWAY)
def test_plain_http_is_for_no_registry_on_another_machine(word: str):
    found = Registries(plain_http=True).reference(word)

    with pytest.raises(UsageError, match="in the clear"):
        found.place.url(found.reference.host)


@pytest.mark.parametrize("here", HERE)
@pytest.mark.parametrize("away", AWAY)
def test_of_two_registries_only_the_one_on_this_machine_is_asked_in_the_clear(here: str, away: str):
    words = Registries(plain_http=True)

    source, to = words.pair(here, away)
    assert (source.place.plain_http, to.place.plain_http) == (True, False)

    source, to = words.pair(away, here)
    assert (source.place.plain_http, to.place.plain_http) == (False, True)


@pytest.mark.parametrize("source", HERE)
@pytest.mark.parametrize("to", HERE)
def test_two_registries_on_this_machine_are_both_asked_in_the_clear(source: str, to: str):
    pair = Registries(plain_http=True).pair(source, to)

    assert [item.place.plain_http for item in pair] == [True, True]


@pytest.mark.parametrize(("source", "to"), [(HERE[0], AWAY[0]), (HERE[0], HERE[1]), AWAY[:2]])
def test_without_the_word_none_of_two_is_asked_in_the_clear(source: str, to: str):
    assert [item.place.plain_http for item in Registries().pair(source, to)] == [False, False]


def test_plain_http_where_neither_registry_is_on_this_machine_is_refused():
    with pytest.raises(UsageError, match="neither is one"):
        Registries(plain_http=True).pair(AWAY[0], AWAY[1])


def test_a_pair_keeps_its_order_and_what_else_the_words_say(state: Path):
    words = Registries(plain_http=True, ca_file=Path("roots.pem"))

    source, to = words.pair(f"{AWAY[0]}:1", f"oci://{HERE[0]}:2")

    assert [str(source), str(to)] == ["registry.example/llama:1", "127.0.0.1:5000/llama:2"]
    for item in (source, to):
        assert (item.place.ca, item.place.state) == (Path("roots.pem"), state)


@pytest.mark.parametrize(("source", "to"), [("llama", AWAY[0]), (AWAY[0], "./llama")])
def test_a_pair_of_which_one_is_no_reference_is_refused(source: str, to: str):
    with pytest.raises(UsageError):
        Registries().pair(source, to)


@pytest.mark.parametrize("named", ["", "state", "./state", "~/state"])
def test_a_state_folder_that_is_not_absolute_is_passed_over(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The XDG specification says so: it would be another one in every working directory."""
    monkeypatch.setenv("XDG_STATE_HOME", named)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    place = Registries().reference(HERE[0]).place

    assert place.state == tmp_path / "home" / ".local" / "state" / "aiverify" / "uploads"


def test_without_a_state_folder_of_its_own_it_lies_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    place = Registries().reference(HERE[0]).place

    assert place.state == tmp_path / "home" / ".local" / "state" / "aiverify" / "uploads"


def test_saying_where_a_registry_is_makes_no_folder(state: Path):
    Registries().reference(HERE[0])

    assert not state.parent.exists()
