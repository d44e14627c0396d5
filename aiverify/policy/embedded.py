"""The embedded engine: regorus, inside the process."""

from __future__ import annotations

import json
import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiverify.core.jsonvalue import Json, canonical, kind, loads
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy import heads, nesting, safety
from aiverify.policy.aliases import written_out
from aiverify.policy.asking import nothing_to_ask, refuse_other_than_name, undefined
from aiverify.policy.faults import as_error
from aiverify.policy.results import PolicyResult, read_results
from aiverify.policy.safety import ResultRule
from aiverify.policy.sources import Module, PolicySet
from aiverify.policy.syntax import read_module

if TYPE_CHECKING:
    import regorus


class EmbeddedEngine:
    """Policies and their data, checked once and ready to judge documents.

    Any thread may use it: a regorus engine belongs to the thread that made it, so each
    thread gets its own on first use. Drop it only when those threads have ended.

    Shipped modules are checked like others, or with `trusts_shipped` are believed to be what
    their tests hold them to, which takes less than half of the time.

    Raises:
        MalformedError: a policy breaks Rego's rules or ours (with file, line and column), or
            the data is no object, or would take the place of a package.
    """

    spells_out = True
    """Whether the engine is given rules otherwise than they stand: see `heads` and `aliases`."""

    def __init__(self, policies: PolicySet, data: Json, *, trusts_shipped: bool = False) -> None:
        self._policies = policies
        self._texts: dict[str, str] = {}  # by what stands there: two files may have one name
        self._trusts_shipped = trusts_shipped
        self._data = _check_data(data)
        self._own = threading.local()
        self._rules = self._check()

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """Everything that the `deny`, `violation` and `warn` sets hold for a document, sorted."""
        return self.evaluate_text(_text(document))

    @property
    def packages(self) -> frozenset[str]:
        """Those that have something to ask for, by their names without `data`."""
        return frozenset(rule.package for rule in self._rules)

    def evaluate_text(
        self, document: str, packages: Container[str] | None = None
    ) -> tuple[PolicyResult, ...]:
        """The same for a document that is JSON text already, by some packages alone or by all."""
        if not self._rules:
            raise nothing_to_ask()
        rules = [rule for rule in self._rules if packages is None or rule.package in packages]
        if not rules:
            return ()
        engine = self._with_text(document)
        together = _together(engine, rules) if len(rules) > 1 else None
        answers = together or [_ask(engine, rule) for rule in rules]
        results = [
            result
            for rule, items in zip(rules, answers, strict=True)
            for result in read_results(rule.package, rule.name, items)
        ]
        engine.take_prints()
        return tuple(sorted(results))

    def close(self) -> None:
        """There is nothing to end: it is a part of this process."""

    def query(self, query: str, document: Json) -> Json:
        """The value of one rule, named from `data` on."""
        refuse_other_than_name(query)
        shown = printable(query)
        engine = self._with(document)
        with as_error(UndecidedError, shown):
            answer = engine.eval_query_as_json(query)
        engine.take_prints()
        found = _read(answer, shown)
        if not found:
            raise undefined(query)
        value: Json = found["result"][0]["expressions"][0]["value"]
        return value

    def _check(self) -> tuple[ResultRule, ...]:
        modules = self._policies.modules
        trusted = [item for item in modules if item.shipped and self._trusts_shipped]
        doubted = [item for item in modules if not (item.shipped and self._trusts_shipped)]
        for module in doubted:
            nesting.check(module)
        syntax = [*map(safety.heads, trusted)]
        if doubted:
            with as_error(MalformedError, "the policies"):
                nodes = json.loads(_parser(doubted).get_ast_as_json())
            syntax += map(read_module, nodes)
            if self.spells_out:
                found = {it["source"]["contents"]: heads.spelled_out(it) for it in nodes}
                self._texts = found
        engine = self._engine()
        shipped = frozenset(module.origin for module in self._policies.modules if module.shipped)
        rules = safety.check(syntax, shipped, self._data.keys())
        with as_error(MalformedError, "the policies"):
            # The engine resolves the variables of all modules before it answers anything.
            engine.eval_query_as_json("true")
        return rules

    def _engine(self) -> regorus.Engine:
        """This thread's engine."""
        if not hasattr(self._own, "engine"):
            self._own.engine = self._build()
        engine: regorus.Engine = self._own.engine
        return engine

    def _build(self) -> regorus.Engine:
        engine = _parser(
            replace(module, text=self._spelled_out(module.text))
            for module in self._policies.modules
        )
        engine.set_gather_prints(True)
        with as_error(MalformedError, "the policies' data"):
            engine.add_data_json(canonical(self._data).decode("utf-8"))
        return engine

    def _spelled_out(self, text: str) -> str:
        return written_out(self._texts.get(text, text)) if self.spells_out else text

    def _with(self, document: Json) -> regorus.Engine:
        """This thread's engine, looking at a document."""
        return self._with_text(_text(document))

    def _with_text(self, document: str) -> regorus.Engine:
        engine = self._engine()
        with as_error(UndecidedError, "the document"):
            engine.set_input_json(document)
        return engine


def _text(document: Json) -> str:
    return canonical(document).decode("utf-8")


def _parser(modules: Iterable[Module]) -> regorus.Engine:
    """An engine with modules and nothing else."""
    import regorus

    engine = regorus.Engine()
    for module in modules:
        with as_error(MalformedError, module.origin):
            engine.add_policy(module.origin, module.text)
    return engine


def _check_data(data: Json) -> Mapping[str, Json]:
    if not isinstance(data, Mapping):
        raise MalformedError(f"the policies' data must be an object, not {kind(data)}")
    return data


def _together(engine: regorus.Engine, rules: Sequence[ResultRule]) -> list[list[Any]] | None:
    """What the rules hold, by one question, so that they share what they compute.

    None if it is not as it should be: asked alone, each rule says what is wrong with it.
    """
    # Each on a line of its own, for lines may not be long.
    asked = "[\n" + ",\n".join(map(_reference, rules)) + "\n]"
    try:
        with as_error(UndecidedError, "the policies"):
            answer = engine.eval_query_as_json(asked)
        found: Any = _read(answer, "the policies")
        items = found["result"][0]["expressions"][0]["value"]
    except (UndecidedError, LookupError) as error:
        if not isinstance(error.__cause__, Exception | None):
            raise  # the engine panicked
        return None
    return items if all(isinstance(item, list) for item in items) else None


def _reference(rule: ResultRule) -> str:
    # Between brackets, a part that is a word of Rego's own is a name like others.
    return "data" + "".join(f'["{part}"]' for part in rule.path.split(".")[1:])


def _ask(engine: regorus.Engine, rule: ResultRule) -> list[Any]:
    with as_error(UndecidedError, rule.path):
        answer = engine.eval_rule_as_json(rule.path)
    items = _read(answer, rule.path)
    if not isinstance(items, list):
        raise UndecidedError(f"{rule.path} is {kind(items)}, not a set of results")
    return items


def _read(answer: str, asked: str) -> Any:
    try:
        return loads(answer, f"the answer of {asked}")
    except MalformedError as error:
        raise UndecidedError(error.message) from error
