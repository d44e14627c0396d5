"""The services, started once for all end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.cluster.cluster import Cluster
from tests.support.cluster.kinds import CUSTOM_KINDS
from tests.support.cluster.programs import why_no_cluster
from tests.support.cluster.starting import cluster as running_cluster
from tests.support.services.real import RealSigstore
from tests.support.services.tools import COSIGN, SERVICES, why_not


@pytest.fixture(scope="session")
def real_sigstore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSigstore]:
    """A running Sigstore of the real services."""
    if reason := why_not(*SERVICES):
        pytest.skip(reason)
    with RealSigstore(tmp_path_factory.mktemp("sigstore")) as running:
        yield running


@pytest.fixture(scope="session")
def cosigns() -> None:
    """Both versions of cosign are there."""
    if reason := why_not(*COSIGN.values()):
        pytest.skip(reason)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Kubernetes API server that knows every kind that the tests make."""
    if reason := why_no_cluster():
        pytest.skip(reason)
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        running.do("apply -f -", *(kind.definition for kind in CUSTOM_KINDS))
        names = " ".join(f"crd/{kind.name}" for kind in CUSTOM_KINDS)
        running.do(f"wait --for=condition=Established --timeout=60s {names}")
        yield running


@pytest.fixture(scope="module")
def swept(cluster: Cluster) -> Iterator[None]:
    """Whatever the module's tests install is taken away after them; its namespace stays."""
    yield
    own = "deployment,service,secret,configmap,serviceaccount,role,rolebinding"
    own += ",poddisruptionbudget,networkpolicy"
    cluster.do(f"-n aiverify-system delete {own} --all --wait=false")
    cluster.do("delete clusterrole,clusterrolebinding aiverify-webhook")
    cluster.do("delete customresourcedefinition profiles.aiverify.dev")
