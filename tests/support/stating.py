"""Files with statements, made by hand, as the formats' readers would give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.jsonvalue import Json


def stating(
    name: str, form: str, values: Mapping[str, Json] | None = None, tensors: Iterable[Tensor] = ()
) -> FileFacts:
    """A file of a format that states these values and holds these tensors."""
    return FileFacts(name, 100, Facts(form, Role.CONFIG, values=values or {}, tensors=(*tensors,)))


def card(**parts: Json) -> FileFacts:
    """A README.md with a front matter, bullets, or both."""
    return stating("README.md", "modelcard", parts)
