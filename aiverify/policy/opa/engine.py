"""The second engine: an OPA that answers as the embedded one does."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping

from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.asking import Closing, nothing_to_ask, refuse_other_than_name, undefined
from aiverify.policy.opa import gate
from aiverify.policy.opa.answers import check_depth, plain
from aiverify.policy.opa.client import OpaServer
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.opa.question import Question, ask_for_one
from aiverify.policy.opa.server import LocalOpa
from aiverify.policy.opa.upload import RuleSet, Upload
from aiverify.policy.results import PolicyResult, read_results
from aiverify.policy.sources import PolicySet


class OpaEngine(Closing):
    """Policies and their data on an OPA, checked and compared, and ready to judge documents.

    Any thread may use it. Close it, or leave its context: it then stops the OPA that it
    started, or takes off a server what it put there. An engine that is forgotten closes when
    the process ends.

    Raises:
        MalformedError: a policy breaks Rego's rules, ours or OPA's (with file and line), or the
            data is no object, or would take the place of a package.
        InputError: there is no `opa` to start.
        UndecidedError: OPA is out of reach, or holds what is not ours.
    """

    def __init__(self, policies: PolicySet, data: Json, place: OpaPlace) -> None:
        checked = gate.check(policies, data)
        assert isinstance(data, Mapping)
        self._rules = checked.rules
        self._set = RuleSet(checked, data)
        self._shared = bool(place.url)
        self._lock = threading.Lock()
        self._upload, close = _shared(place, self._set) if place.url else _own(place, self._set)
        self._close = weakref.finalize(self, close)
        try:
            self._upload.load()
            if self._rules:
                self._upload.ask(self._set.results)
        except BaseException:
            self.close()
            raise

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """Everything that the `deny`, `violation` and `warn` sets hold for a document, sorted."""
        if not self._rules:
            raise nothing_to_ask()
        values = self._ask(self._set.results, document)
        results: list[PolicyResult] = []
        for rule in self._rules:
            if rule.path not in values:
                raise UndecidedError(f"{rule.path} is undefined: {self._upload.server} lost it")
            items = values[rule.path]
            if not isinstance(items, list):
                raise UndecidedError(f"{rule.path} is {kind(items)}, not a set of results")
            results += read_results(rule.package, rule.name, items)
        return tuple(sorted(results))

    def query(self, query: str, document: Json) -> Json:
        """The value of one rule, named from `data` on."""
        refuse_other_than_name(query)
        if query.split(".")[1] == gate.SYSTEM:
            raise undefined(query)
        question = ask_for_one(query, self._set.digest)
        try:
            with self._lock:
                self._upload.ask(question)
        except MalformedError as error:
            # It asks for a function, which has no value of its own.
            raise undefined(query) from error
        values = self._ask(question, document)
        if query not in values:
            raise undefined(query)
        return values[query]

    def close(self) -> None:
        """Stop what was started, and take away what was put. Once more does nothing."""
        self._close()

    def _ask(self, question: Question, document: Json) -> Mapping[str, Json]:
        check_depth(document)
        try:
            answer = self._upload.server.ask(question.package, "answer", {"document": document})
        except UndecidedError as error:
            raise UndecidedError(self._set.origin(error.message), hint=error.hint) from error
        if self._shared:
            # Somebody else may have changed the server since it was compared.
            self._upload.compare()
        given = answer.get("result")
        if not isinstance(given, Mapping) or given.keys() != {"asked", "unclear"}:
            raise UndecidedError(f"{self._upload.server} gave no answer to what it was asked")
        for name in given["unclear"]:
            raise UndecidedError(f"the answer of {printable(name)} has a duplicate key")
        values = plain(given["asked"])
        assert isinstance(values, Mapping)
        return values


def _shared(place: OpaPlace, rules: RuleSet) -> tuple[Upload, Callable[[], None]]:
    server = OpaServer(place)
    upload = Upload(server, rules)

    def close() -> None:
        upload.remove()
        server.close()

    return upload, close


def _own(place: OpaPlace, rules: RuleSet) -> tuple[Upload, Callable[[], None]]:
    local = LocalOpa(place, rules)
    return Upload(local.server, rules, alone=True), local.stop
