"""Pages of the documentation that are written from the code, so that they cannot grow old."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from aiverify.cli.main import InOrder
from aiverify.core.finding import Rule
from aiverify.core.rules import RULES
from aiverify.formats.readers import READERS
from aiverify.policy import library
from aiverify.policy.catalogue import Entry, entries
from aiverify.policy.metadata import About
from aiverify.policy.outline import outline
from aiverify.policy.testing.suite import load_suite
from aiverify.sbom.fields import FIELDS
from aiverify.sbom.properties import PROPERTIES
from tests.support.commands import PROJECT, call

GROUPS = {
    "bundle": ("model", "adapter", "component"),
    "keys": ("generate",),
    "policy": ("eval", "test", "check", "list", "explain", "input", "push", "pull", "schema"),
    "trust": ("show",),
    "webhook": ("serve", "review", "manifests"),
}
"""Commands that have commands of their own."""


def command_lines() -> Iterator[tuple[str, ...]]:
    """The words of every command, the root first, as `--help` lists them."""
    yield ()
    for name in InOrder.ORDER:
        yield tuple(name.split())
        yield from ((name, below) for below in GROUPS.get(name, ()))


def help_of(words: tuple[str, ...]) -> str:
    """What `--help` prints, 80 columns wide."""
    done = call(*words, "--help", cwd=PROJECT, env={"COLUMNS": "80"})
    assert (done.exit_code, done.err) == (0, ""), done
    return done.out


def commands_page() -> str:
    """`docs/commands.md`: the help of every command."""
    parts = ["# Commands\n", "What `--help` says, for every command.\n"]
    for words in command_lines():
        parts.append(f"## {' '.join(('aiverify', *words))}\n")
        parts.append(f"```text\n{help_of(words).strip()}\n```\n")
    return "\n".join(parts)


def formats_page() -> str:
    """`docs/formats.md`: every reader, in the order in which they are asked."""
    by_name: dict[str, list[str]] = {}
    for reader in READERS:
        by_name.setdefault(reader.name, []).append(_statement(type(reader)))
    return "\n".join(
        (
            "# Formats\n",
            "Each file goes to the first reader that recognises it: by content where content says",
            "something, then by name. What a reader states are the `values` of a file in",
            "`aiverify inspect --format json` and in the policy document; in one that",
            "holds files, each of those is looked into as well. A file that no reader recognises,",
            "or that a reader does not look through, is *unread*, which is never *clean*.\n",
            *(f"## {name}\n\n" + "\n\n".join(texts) + "\n" for name, texts in by_name.items()),
        )
    )


def _statement(reader: type) -> str:
    """What a reader says of itself, with the members that it takes from a document."""
    text = inspect.cleandoc(reader.__doc__ or "")
    if "`SHAPES`" not in text:
        return text
    shapes = vars(inspect.getmodule(reader))["SHAPES"]
    members = ", ".join(f"`{name}`" for name in shapes)
    return f"{text}\n\n`SHAPES`: {members}."


def rules_page() -> str:
    """`docs/rules/README.md`: every rule of the code, and every shipped rule in Rego."""
    return "\n".join(
        (
            "# Rules\n",
            "Every finding names its rule. An error denies; a warning and a note inform. A rule",
            "may weigh less than it says here where its finding is sure to be harmless.\n",
            "## Built in\n",
            "| rule | severity | what it says |",
            "|---|---|---|",
            *(f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.title} |" for rule in RULES),
            "",
            "## Shipped policies\n",
            "Named in a profile, or with `--policy`. [Their index](../policies/README.md) has them",
            "by collection.\n",
            *_policy_table(library.names(), "../policies/"),
            "",
        )
    )


def rule_page(rule: Rule) -> str:
    """`docs/rules/AIV-....md`: what one rule means, and what to do."""
    number = rule.cwe.removeprefix("CWE-")
    weakness = f"[{rule.cwe}](https://cwe.mitre.org/data/definitions/{number}.html)"
    lines = (
        f"# {rule.id}",
        f"{rule.title}.",
        f"Severity: {rule.severity}." + (f" Weakness: {weakness}." if rule.cwe else ""),
        f"**What it means.** {rule.meaning}",
        f"**What to do.** {rule.fix}",
    )
    return "\n\n".join(lines) + "\n"


def properties_page() -> str:
    """`docs/sbom-properties.md`: the properties of a bill of materials, and its fields' words."""
    return "\n".join(
        (
            "# Properties of a bill of materials\n",
            "What a bill says that no field of CycloneDX or SPDX holds stands in properties, all",
            "under `aiverify:`. A name may come more than once. `*` stands for any word.\n",
            "| property | what it says |",
            "|---|---|",
            *(f"| `{name}` | {_cell(text)} |" for name, text in PROPERTIES.items()),
            "",
            "## Where a value stands\n",
            "`aiverify:source:WORD` of a component says which file, and which place in it, a value",
            "was read from: `config.json#/model_type`, `README.md#license`. `(inferred)` behind it",
            "says that it follows from what stands there, `(given)` that an option said so. `WORD`",
            "is a property's name without `aiverify:`, or a word of this table. CycloneDX 1.7 has",
            "citations instead, which point at the field itself.\n",
            "| word | field of the component (CycloneDX) |",
            "|---|---|",
            *(f"| `{word}` | `{pointer}` |" for word, pointer in FIELDS.items()),
            "",
        )
    )


COLLECTIONS = {
    "minimal": "What everybody should ask for before a model is loaded.",
    "release": "What whoever publishes a model holds it to.",
    "cluster": "What a cluster asks for before it runs a workload.",
    "eu-ai-act": "What documentation and provenance a provider has to be able to show.",
}
"""The collections of shipped rules, and what each is for."""


def policies_page() -> str:
    """`docs/policies/README.md`: the shipped rules by collection."""
    parts = [
        "# Shipped policies\n",
        "Rules in Rego that come with aiverify; `docs/policies.md` says how they are named and",
        "judged, and how to write others. A rule may be in several collections. Its settings are",
        "members of `data.config`; where one is not given, the rule has a value of its own.\n",
    ]
    for collection, purpose in COLLECTIONS.items():
        found = [name for name in library.names() if collection in _about(name).collections]
        parts += (f"## {collection}\n", f"{purpose}\n", *_policy_table(found, ""), "")
    return "\n".join(parts)


def policy_page(name: str) -> str:
    """`docs/policies/NAME.md`: what one shipped rule holds artifacts to, and an example."""
    entry, about = entry_of(name), _about(name)
    said = {item.id: item for item in reversed(entry.findings)}
    lines = [
        f"# {entry.name}\n",
        f"{about.title}.\n",
        f"Severity: {about.severity}. Collections: {', '.join(about.collections)}. "
        f"Since: {about.since}.\n",
        f"{about.description}\n",
        "| finding | what it says | what to do |",
        "|---|---|---|",
        *(
            f"| `{item.id}` | {_cell(item.meaning)} | {_cell(item.fix)} |"
            for item in reversed(said.values())
        ),
    ]
    for heading, example in (("Allows", entry.allows), ("Denies", entry.denies)):
        assert example, f"{name} has no test of what it {heading.lower()}"
        lines += (f"\n## {heading}\n", "```rego", example.text.strip(), "```")
    return "\n".join(lines) + "\n"


def _policy_table(names: Iterable[str], folder: str) -> Iterator[str]:
    yield from ("| rule | severity | what it is called |", "|---|---|---|")
    for name in names:
        about = _about(name)
        yield f"| [aiverify:{name}]({folder}{name}.md) | {about.severity} | {about.title} |"


def _about(name: str) -> About:
    about = entry_of(name).about
    assert about, f"{name} has no METADATA"
    assert not about.faults, about.faults
    return about


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


@cache
def entry_of(name: str) -> Entry:
    """What a shipped rule says of itself."""
    suite = load_suite([f"aiverify:{name}"])
    (entry,) = entries(map(outline, suite.policies.modules))
    return entry


def shipped_policy(name: str) -> Path:
    """The file of a shipped rule."""
    return library.root() / name / f"{name}.rego"


def codes_of(text: str) -> list[str]:
    """Every `code` that a policy can give, however it is written."""
    return re.findall(r'"code": "([^"]+)"', text)
