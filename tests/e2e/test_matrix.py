"""Who accepts whose signature: each tool against each other, and the page that says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import PROJECT
from tests.support.golden import assert_golden
from tests.support.interop.case import Case, Kind, Method, Subject
from tests.support.interop.ground import Ground
from tests.support.interop.matrix import Answer, Row, run_all
from tests.support.interop.notes import reason
from tests.support.interop.page import page
from tests.support.services.real import RealSigstore

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("cosigns")]

Rows = tuple[Row, ...]


@pytest.fixture(scope="module")
def rows(real_sigstore: RealSigstore, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Every case, by every tool that has a command for it."""
    return run_all(Ground(tmp_path_factory.mktemp("interop"), real_sigstore))


def refusals(rows: Rows) -> Iterator[tuple[Row, str, Answer]]:
    for row in rows:
        for verifier, answer in row.answers.items():
            if not answer.accepted:
                yield row, verifier, answer


def test_aiverify_signs_all_but_digests_and_log_entries_by_ed25519(rows: Rows) -> None:
    cannot = {row.case for row in rows if row.signer == "aiverify" and not row.signed.accepted}
    edwards = [Case(each, Method(Kind.LOGGED, "ed25519")) for each in Subject]

    assert cannot == {Case(Subject.BLOB, Method(Kind.KEY, "ed25519")), *edwards}


def test_aiverify_accepts_its_own(rows: Rows) -> None:
    own = [row for row in rows if row.signer == "aiverify" and row.signed.accepted]

    assert own
    assert all(row.answers["aiverify"].accepted for row in own)


def test_aiverify_accepts_whatever_its_maker_accepts(rows: Rows) -> None:
    refused = [row for row, verifier, _ in refusals(rows) if verifier == "aiverify"]

    accepted_by_their_maker = [row for row in refused if row.answers[row.signer].accepted]
    assert not accepted_by_their_maker


def test_others_refuse_aiverifys_only_for_faults_of_their_own(rows: Rows) -> None:
    for row, verifier, answer in refusals(rows):
        if row.signer == "aiverify":
            assert reason(verifier, answer).fault_of == verifier


def test_aiverify_looks_at_log_and_timestamp_where_they_are_demanded(rows: Rows) -> None:
    logged = [r for r in rows if r.case.method.kind is Kind.LOGGED and r.signed.accepted]

    assert logged
    assert not any(row.answers["aiverify"].unwitnessed for row in logged)


def test_the_page_says_what_this_run_came_to(rows: Rows) -> None:
    assert_golden(PROJECT / "docs/interoperability.md", page(rows))
