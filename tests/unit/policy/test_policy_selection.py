"""Choosing rules: by name, by collection, by result; and no typo goes unseen."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aiverify.core.terms import Terms
from aiverify.errors import MalformedError, UsageError
from aiverify.policy.selection import Choice, Selected, select
from aiverify.policy.sources import PolicySet
from tests.support.rego import complaint, module

TEXTS = {
    "a": """# METADATA
# custom: {collections: [one, two]}
package h.a

deny contains {"code": "x", "msg": "m"} if input.y

deny contains {"code": "y.z", "msg": "m"} if input.y

warn contains "plain" if input.y
""",
    "b": """# METADATA
# custom: {collections: [two]}
package h.b

deny contains {"code": input.code, "msg": "m"} if input.y
""",
    "c": """package h.c

violation contains result if some result in input.results
""",
    "s": """# METADATA
# custom: {collections: [two]}
package aiverify.s

deny contains {"code": "x", "msg": "m"} if input.y
""",
    "lib": "package h.lib\n\nf(x) := x\n",
}
GIVES = {
    "h.a": ("h.a.x", "h.a.y.z", "h.a.warn"),
    "h.b": ("h.b.anything",),
    "h.c": ("h.c.violation",),
    "aiverify.s": ("aiverify.s.x",),
}


def policies(texts: Mapping[str, str] = TEXTS) -> PolicySet:
    return PolicySet(
        tuple(
            sorted(
                module(text, f"{name}.rego", shipped=name == "s") for name, text in texts.items()
            )
        )
    )


def choose(
    include: str = "", exclude: str = "", texts: Mapping[str, str] = TEXTS
) -> tuple[set[str], set[str]]:
    """The results that count, and the files that are loaded."""
    terms = Terms(tuple(include.split()), tuple(exclude.split()))
    return told(select([Choice(policies(texts), Terms())], terms))


def told(selected: Selected) -> tuple[set[str], set[str]]:
    kept = {
        result
        for package, results in GIVES.items()
        for result in results
        if selected.chosen.keeps(package, result)
    }
    return kept, {item.name.removesuffix(".rego") for item in selected.policies.modules}


ALL = {result for results in GIVES.values() for result in results}
A = set(GIVES["h.a"])


def test_without_a_choice_all_counts_and_nothing_is_even_parsed() -> None:
    broken = PolicySet((module("package p\nx :="),))
    assert select([Choice(broken, Terms())], Terms()).policies == broken
    assert choose() == (ALL, set(TEXTS))


@pytest.mark.parametrize(
    ("include", "exclude", "kept", "files"),
    [
        ("h.a", "", A, "a lib"),
        ("h.a.*", "", A, "a lib"),
        ("@one", "", A, "a lib"),
        ("@two", "", A | {"h.b.anything", "aiverify.s.x"}, "a b s lib"),
        ("aiverify:s", "", {"aiverify.s.x"}, "s lib"),
        ("aiverify:*", "", {"aiverify.s.x"}, "s lib"),
        ("aiverify:@two", "", {"aiverify.s.x"}, "s lib"),
        ("aiverify.s", "", {"aiverify.s.x"}, "s lib"),
        ("h.a.x", "", {"h.a.x"}, "a lib"),
        ("h.a.y.z h.c", "", {"h.a.y.z", "h.c.violation"}, "a c lib"),
        ("h.a.warn", "", {"h.a.warn"}, "a lib"),
        ("", "h.a", ALL - A, "b c s lib"),
        ("", "@two", {"h.c.violation"}, "c lib"),
        ("", "h.a.x", ALL - {"h.a.x"}, "a b c s lib"),
        ("", "h.a.x h.a.y.z h.a.warn", ALL - A, "b c s lib"),
        ("", "h.b.anything", ALL - {"h.b.anything"}, "a b c s lib"),
        ("@two", "h.a aiverify:s", {"h.b.anything"}, "b lib"),
        ("h.a", "h.a.x", {"h.a.y.z", "h.a.warn"}, "a lib"),
        ("h.a.x h.c", "h.a", {"h.c.violation"}, "c lib"),
    ],
)
def test_rules_are_chosen_by_name_by_collection_and_by_result(
    include: str, exclude: str, kept: set[str], files: str
) -> None:
    assert choose(include, exclude) == (kept, set(files.split()))


@pytest.mark.parametrize(
    "name",
    [
        "h",
        "h.d",
        "h.lib",
        "h.lib.f",
        "h.a.xx",
        "h.a.y",
        "h.a.X",
        "data.h.a",
        "@three",
        "@",
        "*",
        "",
        "one",
        "aiverify:a",
        "aiverify:@one",
        "aiverify:@three",
        "aiverify:h.a",
        "a.rego",
    ],
)
@pytest.mark.parametrize("word", ["include", "exclude"])
def test_a_name_that_means_no_rule_is_an_error(word: str, name: str) -> None:
    terms = Terms(**{word: ("h.c", name)})
    message = complaint(UsageError, lambda: select([Choice(policies(), Terms())], terms))
    assert message == f"--{word} names {name}, which is no rule of these policies"


def test_what_may_be_meant_is_said() -> None:
    with pytest.raises(UsageError) as caught:
        choose("@on")
    assert caught.value.hint == "Did you mean @one?"


def test_a_code_that_is_computed_may_be_left_out_but_not_be_all_that_is_left() -> None:
    kept, _ = choose("", "h.c.some")
    assert "h.c.violation" in kept
    complaint(UsageError, lambda: choose("h.c.some"))
    complaint(UsageError, lambda: choose("h.b.anything"))


@pytest.mark.parametrize("key", ['"code"', "`code`", "input.key"], ids=["plain", "raw", "computed"])
def test_no_spelling_of_a_code_makes_a_rule_look_like_another(key: str) -> None:
    text = f'package h.a\n\ndeny contains {{{key}: "x", "msg": "m"}} if input.y\n'
    if "input" not in key:
        complaint(UsageError, lambda: choose("", "h.a.deny", {"a": text}))
        return
    kept, files = choose("", "h.a.deny", {"a": text})
    assert "h.a.x" in kept
    assert files == {"a"}


@pytest.mark.parametrize(
    "exclude", ["@two h.c", "h.a h.b h.c aiverify:*", "h.a.x h.a.y.z h.a.warn h.b h.c aiverify:s"]
)
def test_leaving_everything_out_is_an_error(exclude: str) -> None:
    message = complaint(UsageError, lambda: choose("", exclude))
    assert message == "nothing is left to judge by"


def test_what_is_included_and_left_out_at_once_is_nothing() -> None:
    assert complaint(UsageError, lambda: choose("h.a", "@one")) == "nothing is left to judge by"


DEPENDENT = {
    **TEXTS,
    "d": 'package h.d\n\nimport data.h.a\n\ndeny contains "m" if count(a.deny) > 0\n',
    "e": 'package h.e\n\ndeny contains "m" if data.h.d.deny\n',
}


def test_a_rule_that_others_depend_on_is_loaded_and_does_not_count() -> None:
    kept, files = choose("h.e", "", DEPENDENT)
    assert files == {"a", "d", "e", "lib"}
    assert kept == set()


def test_a_rule_on_which_nothing_depends_is_not_loaded_even_if_it_is_broken() -> None:
    selected = choose("", "h.e h.d", DEPENDENT)
    assert selected[1] == set(TEXTS)


def both(
    own: Terms, later: Terms, texts: tuple[str, str] = ("a b c", "s lib")
) -> tuple[set[str], set[str]]:
    first, second = (policies({name: TEXTS[name] for name in names.split()}) for names in texts)
    choices = [Choice(first, own, "aiverify.yaml"), Choice(second, Terms())]
    return told(select(choices, later))


def test_a_profile_chooses_from_its_own_policies_alone() -> None:
    assert both(Terms(("h.a",)), Terms()) == (A | {"aiverify.s.x"}, {"a", "s", "lib"})


def test_a_command_line_chooses_from_what_the_profile_leaves() -> None:
    assert both(Terms((), ("h.b",)), Terms(("@two",))) == (
        A | {"aiverify.s.x"},
        {"a", "s", "lib"},
    )
    message = complaint(UsageError, lambda: both(Terms((), ("h.a",)), Terms(("h.a",))))
    assert message.startswith("--include names h.a")


def test_a_rule_that_is_named_again_counts_whatever_the_profile_leaves_out() -> None:
    kept, _ = both(Terms((), ("h.a",)), Terms(), ("a b c", "a lib"))
    assert kept >= A


def test_a_profile_that_names_no_rule_is_malformed() -> None:
    message = complaint(MalformedError, lambda: both(Terms(("@x",)), Terms()))
    assert message == (
        "aiverify.yaml: policies.include names @x, which is no rule of these policies"
    )
    everything = Terms((), ("@two", "h.c"))
    message = complaint(MalformedError, lambda: both(everything, Terms(), ("a b c", "lib")))
    assert message == "aiverify.yaml: nothing is left to judge by"
