"""The profile's CustomResourceDefinition in a real API server, and what comes back from it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiverify.errors import MalformedError
from aiverify.verify.profile import read_profile_object
from aiverify.webhook.manifests.crd import GROUP, NAME, PLURAL, VERSION, crd, profile_object
from tests.support.cluster.cluster import Cluster
from tests.support.profiles import full_document, lay_files

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def installed(cluster: Cluster) -> Iterator[Cluster]:
    cluster.do("apply -f -", crd())
    cluster.do(f"wait --for=condition=Established --timeout=60s crd/{NAME}")
    yield cluster
    cluster.do(f"delete {PLURAL} -l test=object --wait=true")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lay_files(tmp_path)
    return tmp_path


def made(name: str, change: Callable[[Any], object] = lambda spec: None) -> dict[str, Any]:
    found: Any = profile_object(copy.deepcopy(full_document()), name)
    found["metadata"]["labels"] = {"test": "object"}
    change(found["spec"])
    return found


def given_back(cluster: Cluster, name: str) -> Any:
    answer = cluster.ask("GET", f"/apis/{GROUP}/{VERSION}/{PLURAL}/{name}")
    assert answer.status == 200
    return answer.document["spec"]


def test_the_full_profile_comes_back_the_same(installed: Cluster, folder: Path):
    document = made("full", lambda spec: spec["config"].update(least=1.0))
    installed.do("apply -f -", document)
    before, after = (
        read_profile_object(spec, folder)
        for spec in (document["spec"], given_back(installed, "full"))
    )
    assert before == after


def test_a_member_with_a_typo_is_kept_and_refused(installed: Cluster, folder: Path):
    document = made("typo", lambda spec: spec["require"].update(attestation=["vulns"]))
    installed.do("apply -f -", document)
    with pytest.raises(MalformedError, match="require has the unknown field attestation"):
        read_profile_object(given_back(installed, "typo"), folder)


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "nobody": (lambda spec: spec["trust"].update(signers=[]), "spec.trust.signers"),
    "no-trust": (lambda spec: spec.pop("trust"), "spec.trust"),
    "short": (
        lambda spec: spec["trust"]["signers"][0].update(keys=["alice.pub"]),
        "spec.trust.signers[0].keys[0]",
    ),
    "silence": (
        lambda spec: spec["admission"].update(out_of_reach="allow"),
        'supported values: "deny", "last-verdict"',
    ),
    "for-ever": (
        lambda spec: spec["admission"]["exemptions"][0].pop("expires"),
        "spec.admission.exemptions[0].expires",
    ),
    "no-reason": (
        lambda spec: spec["admission"]["exemptions"][0].update(reason=""),
        "spec.admission.exemptions[0].reason",
    ),
    "no-age": (
        lambda spec: spec["admission"].update(keep_allowed="soon"),
        "spec.admission.keep_allowed",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_api_server_says_what_is_wrong(installed: Cluster, case: str):
    change, why = REFUSED[case]
    done = installed.kubectl("apply -f -", made(case, change))
    assert done.exit_code == 1
    assert why in done.err


def test_kubectl_explains_it(installed: Cluster):
    said = installed.do("explain profile.spec.admission.exemptions")
    assert "expires" in said
    assert "-required-" in said
