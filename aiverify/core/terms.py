"""On what terms policies judge, beside the policies themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from aiverify.core.jsonvalue import Json
from aiverify.core.moments import rfc3339, shown
from aiverify.core.names import printable


@dataclass(frozen=True, slots=True)
class Terms:
    """Which rules count, whether warnings deny, and as of when.

    `include` and `exclude` name rules: `aiverify:NAME`, a package, `package.code` or
    `@collection`; no `include` is all. `at` is the time that policies take for the present.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on_warn: bool = False
    at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude or self.fail_on_warn or self.at)

    @property
    def chooses(self) -> bool:
        """Whether some rules may be left out."""
        return bool(self.include or self.exclude)

    def and_those(self, other: Terms) -> Terms:
        """Both terms, to be told. What they leave out together takes both to be asked."""
        return replace(
            self,
            include=(*self.include, *other.include),
            exclude=(*self.exclude, *other.exclude),
            fail_on_warn=self.fail_on_warn or other.fail_on_warn,
            at=other.at or self.at,
        )

    def __str__(self) -> str:
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        if self.at:
            yield f"as of {shown(self.at)}"
        if self.include:
            yield f"only {printable(' '.join(self.include))}"
        if self.exclude:
            yield f"without {printable(' '.join(self.exclude))}"
        if self.fail_on_warn:
            yield "warnings deny"

    def to_json(self) -> dict[str, Json]:
        """The form that reports carry."""
        return {
            "include": [printable(name) for name in self.include],
            "exclude": [printable(name) for name in self.exclude],
            "fail_on_warn": self.fail_on_warn,
            "at": rfc3339(self.at) if self.at else "",
        }
