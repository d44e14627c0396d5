"""What was found in files is read back as it was; whatever a recording says is read or refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core import recorded
from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import canonical, loads
from aiverify.errors import InputError

WHERE = "the contents"

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
"""A name that is not UTF-8 cannot be signed."""

names = st.lists(
    st.text("ab-.\u00e9 \n\x1b", min_size=1, max_size=4).filter(lambda part: part.strip(".")),
    min_size=1,
    max_size=3,
).map("/".join)
sizes = st.integers(0, 1 << 62)
floats = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 62), 1 << 62) | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
severities = st.sampled_from(Severity)
facts = st.builds(
    Facts,
    texts,
    st.sampled_from(Role),
    texts,
    st.dictionaries(texts, json_values, max_size=3),
    st.lists(
        st.builds(Tensor, texts, texts, st.lists(sizes, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
    st.lists(st.builds(Global, texts, texts, st.booleans()), max_size=3).map(tuple),
    st.lists(
        st.builds(Finding, texts, severities, texts, texts, texts, texts, texts), max_size=3
    ).map(tuple),
    texts,
)
found = st.lists(
    st.builds(FileFacts, names, sizes, facts), max_size=4, unique_by=lambda item: item.name
)

members = st.sampled_from(
    ("format", "role", "size", "summary", "values", "tensors", "globals", "findings", "unread")
)
plausible = st.sampled_from([role.value for role in Role]) | json_values
recordings = st.dictionaries(names, st.dictionaries(members, plausible) | json_values, max_size=3)


@given(found)
def test_what_is_recorded_is_read_back(files: list[FileFacts]):
    data = canonical(recorded.record(files))
    read = recorded.read(loads(data, WHERE), WHERE)
    assert read == tuple(sorted(files, key=lambda item: item.name))
    assert canonical(recorded.record(read)) == data


def outcome(value: object) -> tuple[FileFacts, ...] | str:
    """What is read, or the message with which it is refused. Nothing else may happen."""
    try:
        return recorded.read(value, WHERE)
    except InputError as error:
        return error.message


@given(recordings | json_values)
def test_anything_is_read_or_refused(value: object):
    read = outcome(value)
    assert read != ""
    if not isinstance(read, str):
        assert recorded.read(recorded.record(read), WHERE) == read


@given(found, st.data())
def test_a_member_that_is_another_is_read_or_refused_by_its_place(
    files: list[FileFacts], data: st.DataObject
):
    value = loads(canonical(recorded.record(files)), WHERE)
    for item in value.values():
        item[data.draw(members)] = data.draw(json_values)
    read = outcome(value)
    if isinstance(read, str):
        assert read.startswith(f"{WHERE}: ")
    else:
        assert [item.name for item in read] == sorted(item.name for item in files)
