"""The lists of globals: what is harmless stays harmless under every name that Python knows."""

from __future__ import annotations

import _compat_pickle
from collections.abc import Iterator
from importlib import resources

import pytest

from aiverify.formats.pickling.allowlist import dangerous, harmless

FORBIDDEN = (
    "builtins.eval", "builtins.exec", "builtins.getattr", "builtins.map", "builtins.open",
    "builtins.type", "collections.namedtuple", "copyreg.add_extension", "functools.partial",
    "joblib.load", "numpy.load", "numpy.memmap", "operator.attrgetter", "os.system", "posix.system",
    "scipy.stats._distn_infrastructure.rv_frozen", "torch.load",
    "torch.storage._load_from_bytes", "types.SimpleNamespace", "xgboost.core.Booster",
)  # fmt: skip


def listed(file: str) -> list[str]:
    text = (resources.files("aiverify.formats.pickling") / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def renamed(name: str) -> Iterator[str]:
    """What Python 3 imports for a name of Python 2, wherever module and name part."""
    parts = name.split(".")
    for at in range(1, len(parts)):
        module, rest = ".".join(parts[:at]), ".".join(parts[at:])
        if (module, rest) in _compat_pickle.NAME_MAPPING:
            yield ".".join(_compat_pickle.NAME_MAPPING[module, rest])
        elif module in _compat_pickle.IMPORT_MAPPING:
            yield f"{_compat_pickle.IMPORT_MAPPING[module]}.{rest}"


def test_no_module_is_allowed_as_a_whole() -> None:
    assert harmless().modules == frozenset()


def test_nothing_is_listed_twice() -> None:
    for file in ("harmless.txt", "dangerous.txt"):
        names = listed(file)
        assert len(set(names)) == len(names)


def test_nothing_is_both_harmless_and_dangerous() -> None:
    assert [name for name in harmless().names if dangerous().allows(name)] == []


def test_what_python_renames_is_harmless_under_both_names() -> None:
    other = {new for name in harmless().names for new in renamed(name)}
    missing = {name for name in other if not harmless().allows(name)}
    assert missing <= {"builtins.basestring"}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_leads_elsewhere_is_not_harmless(name: str) -> None:
    assert not harmless().allows(name)
