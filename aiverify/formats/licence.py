"""Texts of licences: `LICENSE`, `COPYING`, `NOTICE`, `USE_POLICY.md` and the like."""

from __future__ import annotations

import re
from dataclasses import replace

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.encoding import decode
from aiverify.formats.interface import Probe, Source
from aiverify.formats.licensing.titles import licence_by_title, policy_by_title
from aiverify.formats.licensing.words import by_words
from aiverify.formats.text import Text

MAX_BYTES = 1 << 18
"""What is larger is no licence: those with the notices of a whole distribution are smaller."""

NAMED = re.compile(
    r"(?:[\w.]{1,40}[-_ ])?"
    r"(?:(?:un)?licen[cs]es?|copying|copyright|notices?|terms[-_]of[-_]use"
    r"|(?:(?:acceptable|prohibited)[-_])?use[-_]policy)"
    r"(?:[-_. ][\w+. -]{0,80})?"
)


OTHERS = re.compile(r"notices?|copyright|third[-_ .]?part(?:y|ies)|vendor")
"""Words in the names of files with the licences of what somebody else made."""


class Licence(Text):
    """The text of a licence, or of notices and policies that belong to one.

    States `lines`, and where the text is one that is known `licence`: its id in SPDX's list,
    or the name that model cards have for a model's licence. `confidence` is `exact` where all
    words are the licence's but titles and owners, `close` where the file says more that is no
    term, and `title` where no more than that was recognised. A file with the texts of several
    licences, with terms beside one, or with licences of others by its name, states only which
    texts it holds, as `licences`; and a policy of use the licence that it belongs to as
    `use_policy`. Of a text that is not known nothing is stated.
    """

    name = "licence"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By name, if it is text."""
        return NAMED.fullmatch(probe.base) is not None and super().recognises(probe)

    def read(self, probe: Probe, source: Source) -> Facts:
        """Which licence it is, from a text of at most 256 KiB."""
        facts = replace(super().read(probe, source), role=self.role)
        if facts.unread:
            return facts
        values: dict[str, Json] = dict(facts.values)
        if source.size > MAX_BYTES:
            shown = printable(probe.name)
            values["warnings"] = [f"{shown} is larger than any licence, and not compared with any"]
            return replace(facts, values=values)
        stated = _stated(decode(source.read_at(0, source.size)))
        if "licence" in stated and OTHERS.search(probe.base):
            stated = {"licences": [stated["licence"]]}
        said = stated.get("licence") or stated.get("use_policy")
        summary = str(said) if said else facts.summary
        return replace(facts, summary=summary, values={**values, **stated})


def _stated(text: str) -> dict[str, Json]:
    found = by_words(text)
    if found and found.exact:
        return {"licence": found.ids[0], "confidence": "exact"}
    if name := licence_by_title(text):
        return {"licence": name, "confidence": "title"}
    if policy := policy_by_title(text):
        return {"use_policy": policy}
    if found is None:
        return {}
    if len(found.ids) > 1 or found.has_more_terms:
        return {"licences": list(found.ids)}
    return {"licence": found.ids[0], "confidence": "close"}
