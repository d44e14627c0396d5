"""Rule sets on a server: put there, read back, compared, and taken away again."""

from __future__ import annotations

from collections.abc import Mapping, Set
from contextlib import suppress

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.opa.client import HeldPolicy, OpaServer, RefusedPolicyError
from aiverify.policy.opa.gate import SYSTEM, Checked
from aiverify.policy.opa.question import RESULTS, Question, ask_for, is_question
from aiverify.policy.safety import FullName
from aiverify.policy.sources import Module

_HINT = (
    "Give these rules an OPA of their own, or delete what this one holds with "
    "DELETE /v1/policies/ID and DELETE /v1/data/NAME."
)


class RuleSet:
    """Policies and data with the names that they have on a server.

    `digest` is SHA-256 over names, texts and data, hexadecimal, and every identifier starts
    with it. `results` asks for every set of results.
    """

    def __init__(self, checked: Checked, data: Mapping[str, Json]) -> None:
        texts = sorted((module.name, module.text) for module in checked.modules)
        self.digest = Digest.of(canonical([texts, data])).hex
        self.data = data
        self.declared = checked.declared | {(f"aiverify_{self.digest}",)}
        self.results = ask_for((rule.path for rule in checked.rules), self.digest, RESULTS)
        self.modules = {
            f"aiverify/{self.digest}/{index:04}.rego": module
            for index, module in enumerate(checked.modules)
        }

    def origin(self, text: str) -> str:
        """A text of OPA's with our names of the files instead of a server's."""
        for identifier, module in self.modules.items():
            text = text.replace(identifier, module.origin)
        return text

    def is_question(self, identifier: str, text: str) -> bool:
        """Whether a module only asks these rules."""
        if identifier == self.results.identifier:
            return text == self.results.text
        return is_question(identifier, text, self.digest)


class Upload:
    """A rule set on a server that holds nothing else.

    Policies say themselves which packages they define, so two rule sets cannot be kept apart
    on one server without rewriting them, and what is judged by would not be what was signed.
    `alone` says that nobody else can reach the server.
    """

    def __init__(self, server: OpaServer, rules: RuleSet, *, alone: bool = False) -> None:
        self.server = server
        self.rules = rules
        self._alone = alone
        self._present: set[str] = set()
        self._put: list[str] = []
        self._put_data: list[str] = []

    def load(self) -> None:
        """Put onto the server what it lacks, then read everything back.

        Raises:
            MalformedError: OPA refuses a policy, with file, line and column.
            UndecidedError: the server holds something else too, or something else instead.
        """
        try:
            missing = self._missing()
            held = self._own_data(missing)
            for name, value in self.rules.data.items():
                if name not in held:
                    self.server.put_data(name, value)
                    self._put_data.append(name)
            for identifier, module in missing.items():
                self.put(identifier, module.text)
            self.compare()
        except BaseException:
            self.remove()
            raise

    def put(self, identifier: str, text: str) -> None:
        """Put one module onto the server.

        Raises:
            MalformedError: it does not compile, with file, line and column.
        """
        try:
            self.server.put_policy(identifier, text)
        except RefusedPolicyError as error:
            place = self.rules.origin(f"{error.identifier}:{error.line}")
            raise MalformedError(f"{printable(place)}: {error.reason}") from error
        self._put.append(identifier)
        self._present.add(identifier)

    def ask(self, question: Question) -> None:
        """Put a question beside the policies, if it is not there. Raises as `put`."""
        if question.identifier not in self._present:
            self.put(question.identifier, question.text)

    def compare(self) -> None:
        """Read the server's policies and our data back, and compare them to the byte.

        Raises:
            UndecidedError: they differ.
        """
        for module in self._missing().values():
            raise UndecidedError(f"{self.server} does not hold {module.origin} as it was loaded")
        for name, value in self.rules.data.items():
            if canonical(self.server.data(name)) != canonical(value):
                raise UndecidedError(
                    f"{self.server} does not hold data.{printable(name)} as it was loaded"
                )

    def remove(self) -> None:
        """Take away what was put here, and nothing that was found. It may fail, in silence."""
        # Whoever calls goes before whoever is called.
        for identifier in reversed(self._put):
            with suppress(UndecidedError):
                self.server.delete_policy(identifier)
        for name in self._put_data:
            with suppress(UndecidedError):
                self.server.delete_data(name)
        self._put, self._put_data = [], []

    def _missing(self) -> dict[str, Module]:
        """Those of our modules that the server lacks.

        Raises:
            UndecidedError: it holds policies that are none of ours.
        """
        missing = dict(self.rules.modules)
        policies = self.server.policies()
        self._present = set(policies)
        for identifier, held in sorted(policies.items()):
            ours = self._ours(identifier, held, missing)
            if ours:
                del missing[ours]
            elif held.package[:1] != (SYSTEM,) and not self.rules.is_question(
                identifier, held.text
            ):
                raise UndecidedError(
                    f"{self.server} holds another policy, {printable(identifier)}, which could "
                    "change what these say",
                    hint=_HINT,
                )
        return missing

    def _ours(self, identifier: str, held: HeldPolicy, missing: Mapping[str, Module]) -> str:
        """Which of our modules a policy is: the text counts, for a bundle has its own names."""
        if identifier in self.rules.modules:
            same = held.text == self.rules.modules[identifier].text
            return identifier if same and identifier in missing else ""
        return next((name for name, module in missing.items() if module.text == held.text), "")

    def _own_data(self, missing: Mapping[str, Module]) -> Mapping[str, Json]:
        """The data that the server holds, which is ours alone.

        Raises:
            UndecidedError: some is not: a rule could see it, or it could add to a package.
        """
        if self._alone:
            # OPA's own, which a rule could tell one version from another by.
            self.server.delete_data(SYSTEM)
            return {}
        held = self.server.all_data()
        fresh = len(missing) == len(self.rules.modules)
        declared: Set[FullName] = frozenset() if fresh else self.rules.declared
        own = {(name,) for name in self.rules.data}
        for path in _undeclared(held, own | declared):
            name = printable(".".join(path))
            raise UndecidedError(
                f"{self.server} holds other data, data.{name}, which these rules could see",
                hint=_HINT,
            )
        return held


def _undeclared(held: Mapping[str, Json], declared: Set[FullName]) -> list[tuple[str, ...]]:
    """Names in a document that are neither declared, nor above or below those that are."""
    above = {name[:length] for name in declared for length in range(1, len(name))}
    found: list[tuple[str, ...]] = []
    pending: list[tuple[tuple[str, ...], Json]] = [((key,), value) for key, value in held.items()]
    while pending:
        path, value = pending.pop()
        if path in declared:
            continue
        if path not in above or not isinstance(value, Mapping):
            found.append(path)
        else:
            pending += [((*path, key), below) for key, below in value.items()]
    return sorted(found)
