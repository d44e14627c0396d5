"""`aiverify demo` tells a story that holds, and whose every line can be typed by hand."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from aiverify.cli.demo.registry import serving
from aiverify.cli.demo.specimens import make_all
from tests.support.commands import Completed, assert_refused, call, listing, run

VERDICTS = {
    "the model": "allow",
    "the model's bundle": "allow",
    "the adapter's bundle": "allow",
    "the model in a registry": "allow",
    "a model with its adapter": "allow",
    "an adapter with provenance": "allow",
    "a model without provenance": "deny",
    "one shard of the model": "allow",
    "the unpacked bundle": "allow",
    "a flipped byte": "deny",
    "a planted file": "deny",
    "a signed pickle": "deny",
    "a signed pickle in a registry": "deny",
    "a signed template": "deny",
    "an adapter for another base": "deny",
    "a stranger's signature": "deny",
    "an SBOM without CVEs": "allow",
    "an SBOM with a CVE": "deny",
}
"""The last table, without its reasons."""

REASONS = {
    "a model without provenance": "provenance: nobody trusted attests one",
    "a flipped byte": "model-00002-of-00002.safetensors is sha256:",
    "a planted file": "modeling_evil.py was not signed",
    "a signed pickle": "pytorch_model.bin",
    "a signed pickle in a registry": "pytorch_model.bin",
    "a signed template": "tokenizer_config.json",
    "an adapter for another base": "does not fit its base",
    "a stranger's signature": "no trusted key made it",
    "an SBOM with a CVE": "data.policy.verify is false",
}
"""What the reason for a refusal has to say."""


@dataclass(frozen=True)
class Told:
    """A demonstration that has run."""

    place: Path
    done: Completed

    @property
    def commands(self) -> list[tuple[list[str], str]]:
        """Each command that was shown, as its words, with what it printed."""
        story = self.done.out.rpartition("\nWhat was allowed")[0]
        scenes = (scene.partition("\n$ aiverify ")[2] for scene in story.split("\n# ")[1:])
        parts = (scene.partition("\n") for scene in scenes)
        return [(shlex.split(line), printed) for line, _, printed in parts]

    @property
    def port(self) -> int:
        """Where the story's registry was."""
        [host] = {
            w.partition("/")[0]
            for words, _ in self.commands
            for w in words
            if w.startswith("127.0.0.1:")
        }
        return int(host.rpartition(":")[2])

    @property
    def table(self) -> dict[str, tuple[str, str]]:
        """The last table: what was judged, with its verdict and its reason on one line."""
        lines = self.done.out.rpartition("What was allowed and what was refused\n")[2].splitlines()
        of, because = lines[0].index("of"), lines[0].index("because")
        rows: dict[str, tuple[str, str]] = {}
        name = ""
        for line in lines[2:]:
            verdict, rest = line[:of].strip(), line[because:].strip()
            name = line[of:because].strip() or name
            before = rows.get(name, (verdict, ""))
            rows[name] = (before[0], f"{before[1]} {rest}".strip())
        return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("story") / "demo"
    return Told(place, run("demo", place, cwd=place.parent))


def test_the_story_ends_well(told):
    assert (told.done.exit_code, told.done.err) == (0, "")


def test_the_last_table_says_what_was_allowed_and_what_was_refused(told):
    assert {name: verdict for name, (verdict, _) in told.table.items()} == VERDICTS


@pytest.mark.parametrize(("name", "words"), REASONS.items())
def test_the_last_table_says_why(told, name, words):
    assert words in told.table[name][1]


def test_every_judgement_typed_again_says_the_same_and_ends_with_the_code_of_its_verdict(told):
    again = [item for item in told.commands if item[0][0] in {"verify", "policy"}]
    codes = []

    with serving(told.place / "registry", told.port):
        for words, shown in again:
            done = call(*words, cwd=told.place)
            assert done.out.strip() == shown.strip(), words
            codes.append(done.exit_code)

    judged = [
        verdict for name, verdict in VERDICTS.items() if name != "an adapter for another base"
    ]
    assert codes == [{"allow": 0, "deny": 10}[verdict] for verdict in judged]


def test_the_model_can_be_inspected_again(told):
    done = call("inspect", "llama", cwd=told.place)

    assert (done.exit_code, done.err) == (0, "")


def test_what_the_story_made_is_never_overwritten_when_its_lines_are_typed_again(told):
    making = [words for words, _ in told.commands if words[0] in {"bundle", "unpack", "keys"}]
    before = listing(told.place)

    codes = [call(*words, cwd=told.place).exit_code for words in making]

    assert sorted(codes) == [1, 1, 1, 1, 1, 1, 1, 10]
    assert listing(told.place) == before


def test_a_second_story_in_the_same_place_is_refused(told):
    assert_refused(call("demo", told.place, cwd=told.place), 1, "llama", "is already there")


def test_two_stories_bundle_the_same_bytes(tmp_path):
    bundles = []
    for name in ("first", "second"):
        make_all(tmp_path / name)
        words = ("bundle", "model", "llama", "-o", "llama.tar", "--version", "1.0")
        assert call(*words, cwd=tmp_path / name).exit_code == 0
        bundles.append((tmp_path / name / "llama.tar").read_bytes())

    assert bundles[0] == bundles[1]
