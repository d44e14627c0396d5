"""Lists of packages, cards, licences and tables: whatever they hold, what is stated is bounded."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.describe import describe
from aiverify.core.facts import Facts, FileFacts
from aiverify.core.jsonvalue import canonical, loads
from aiverify.formats.look import look_inside
from aiverify.formats.packages.entry import MAX_PACKAGES, MAX_WARNINGS
from aiverify.formats.parquet_metadata import rows_and_columns
from aiverify.formats.sources import Memory
from tests.support.archive_files import parquet
from tests.support.thrift_files import element, footer

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

VALID: dict[str, bytes] = {
    "requirements.txt": b"torch==2.1 --hash=sha256:aa \\\n  # x\n-r b.txt\nx @ git+https://u:p@h/x\n",
    "environment.yml": b"channels: [c]\ndependencies:\n- numpy==1\n- pip: [a==1, '-r b']\n",
    "spec.txt": b"@EXPLICIT\nhttps://h/c/linux-64/a-1-0.conda#" + b"a" * 32 + b"\n",
    "uv.lock": b"version = 1\n[[package]]\nname = 'a'\nversion = '1'\nwheels = [{ hash = 'a:a' }]\n"
    b"source = { git = 'https://h#x' }\ndependencies = [{ name = 'b' }]\n",
    "poetry.lock": b"[[package]]\nname = 'a'\nversion = '1'\nfiles = [{ hash = 'sha256:aa' }]\n"
    b"[package.dependencies]\nb = '*'\n[metadata]\nlock-version = '2.1'\n",
    "pylock.toml": b"lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\n"
    b"version = '1'\nmarker = \"os_name == 'nt'\"\nindex = 'https://h/simple'\n",
    "pyproject.toml": b"[project]\nname = 'a'\ndependencies = ['b[c]>=1; os_name == \"nt\"']\n"
    b"[dependency-groups]\ndev = ['c']\n[tool.poetry.dependencies]\nd = '^1'\n",
    "Pipfile.lock": b'{"_meta": {}, "default": {"a": {"version": "==1", "hashes": ["md5:aa"]}}}',
    "README.md": "---\nlicense: [mit, llama3.2]\nbase_model: [a/b]\n---\n# Modèle <!-- x -->\n"
    "- **Developed by:** Zoë\n```\n# x\n```\n".encode(),
    "LICENSE": b"MIT License\n\nCopyright (c) 2024 A\n\nPermission is hereby granted, free of",
    "croissant.json": b'{"@context": "http://mlcommons.org/croissant/", "name": "a", "creator": '
    b'[{"name": "b"}], "recordSet": [{"field": [{"name": "c"}]}], "license": "mit"}',
    "dataset_info.json": b'{"features": {"a": {"dtype": "string"}}, "splits": {"train": '
    b'{"num_examples": 3}}, "license": "mit"}',
    "dataset_infos.json": b'{"en": {"features": [{"name": "a"}]}, "de": {"splits": {"a": {}}}}',
    "train.parquet": parquet(footer([element("root", 2), element("a", 1), element("b")], 3)),
    "train.csv": b'a,"b c",d\n1,2,3\n',
    "train.jsonl": b'{"a": 1, "b": [2]}\n',
}

SPLICES = st.one_of(
    st.binary(min_size=1, max_size=4),
    st.sampled_from(
        [
            b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\r", b"\n", b"\\\n", b"#", b"**", b"<!--",
            b"-->", b"---\n", b"```\n", b"[", b"]", b"{", b"}", b'"', b"'", b"=", b"==", b"::",
            b"://", b"@", b";", b"git+", b"-r ", b"--hash=", b"\xed\xa0\x80", b"\x7f", b"9" * 60,
            b"[" * 300, b"(" * 300, b"{a=" * 100, b"a." * 100, b"\x19" * 40,
            b"\"\"\"", b"\xfc\xff\xff\xff\x0f",
        ]
    ),
)  # fmt: skip


def looked_into(name: str, data: bytes) -> Facts:
    facts = look_inside(name, Memory(data))
    stated = FileFacts(name, len(data), facts).to_json()
    assert loads(canonical(stated), name) is not None
    assert canonical([finding.to_json() for finding in facts.findings])
    assert all(finding.message.isprintable() for finding in facts.findings)
    return facts


def bounded(facts: Facts) -> None:
    """What holds of every list of packages."""
    packages: Any = facts.values.get("packages", [])
    warnings: Any = facts.values.get("warnings", [])
    assert len(packages) <= MAX_PACKAGES
    assert len(warnings) <= MAX_WARNINGS + 2
    assert all(isinstance(item["name"], str) and item["name"] for item in packages)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid file, with bytes changed, pieces put in and repeated, and cut off somewhere."""
    name = draw(st.sampled_from(sorted(VALID)))
    data = VALID[name]
    for _ in range(draw(st.integers(1, 4))):
        at, piece = draw(st.integers(0, len(data))), draw(SPLICES)
        gone = draw(st.integers(0, 3))
        data = data[:at] + piece + data[at + gone :]
    if draw(st.booleans()):
        data = data[: draw(st.integers(0, len(data)))]
    return name, data


@modest
@given(damaged())
def test_a_damaged_file_gives_facts_that_can_be_written_down(found: tuple[str, bytes]) -> None:
    name, data = found
    facts = looked_into(name, data)
    bounded(facts)
    item = FileFacts(name, len(data), facts)
    assert describe([item]) == describe([item])


@modest
@given(st.sampled_from(sorted(VALID)), st.integers(0, 400))
def test_a_file_that_breaks_off_gives_facts(name: str, size: int) -> None:
    bounded(looked_into(name, VALID[name][:size]))


KEYS = st.sampled_from(
    [
        "@context", "@id", "@value", "conda", "config_name", "creator", "default", "dependencies",
        "description", "distribution", "dtype", "features", "field", "git", "hashes", "license",
        "name", "num_examples", "package", "pip", "project", "rai:personalSensitiveInformation",
        "recordSet", "source", "splits", "url", "version", "_meta", "_data_files", "_split",
    ]
)  # fmt: skip

ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
    | st.just("http://mlcommons.org/croissant/"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)

OBJECTS = st.sampled_from(
    [
        "Pipfile.lock", "croissant.json", "dataset_dict.json", "dataset_info.json",
        "dataset_infos.json", "environment.yml", "state.json",
    ]
)  # fmt: skip


@modest
@given(OBJECTS, st.dictionaries(KEYS, ANY, max_size=6))
def test_members_of_any_type_are_stated_or_warned_of(name: str, value: dict[str, Any]) -> None:
    bounded(looked_into(name, json.dumps(value).encode()))


@modest
@given(st.binary(max_size=300))
def test_any_bytes_are_a_footer_that_states_rows_or_says_why_not(data: bytes) -> None:
    values, flaw = rows_and_columns(data)
    rows: Any = values.get("rows", 0)
    assert rows >= 0
    assert ("rows" in values) or flaw
    assert canonical(values)


@modest
@given(st.text(alphabet="<!->`~#*: a\n", max_size=200))
def test_no_line_of_a_card_is_lost_but_in_comments(text: str) -> None:
    facts = looked_into("README.md", b"# A\n" + text.encode())
    if "<!--" not in text and "#" not in text:
        sections: Any = facts.values["sections"]
        assert sections.get("a", "") == text.strip()
