from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import call
from tests.support.golden import assert_golden
from tests.support.story import ASSETS

GOLDEN = Path(__file__).parent / "webhook"
IMAGE = f"registry.example/acme/aiverify@sha256:{'1' * 64}"
KEY = (ASSETS / "keys" / "release.pub").read_bytes()
ROOT = (ASSETS / "keys" / "authority.crt").read_bytes()

PROFILE = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers:
    - name: release
      keys: [keys/release.pub]
policies: [aiverify:no_pickled_weights, rules]
admission:
  resources:
    - group: example.com
      kind: LLMEndpoint
      paths: [.spec.model.uri]
"""

RULE = """\
package rules

deny contains "no" if input.artifact.name == "no"
"""

LINES = {
    "self-signed": f"--image {IMAGE} --no-crd",
    "cert-manager": (
        f"--image {IMAGE} --no-crd --cert-manager --namespace guard --replicas 3 "
        "--mutating --inject-pull Always --inject-downloads "
        "--failure-policy Ignore --timeout 5 --exclude-namespace monitoring "
        "--registry-secret logins --summaries verdicts --client-ca ca.crt "
        "--api-server 10.0.0.0/28 --egress-port 443 --egress-port 5000 "
        "--priority-class system-cluster-critical"
    ),
    "outside": "--url https://webhook.example:8443 --ca-file ca.crt --no-crd --mutating",
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    files = {
        "aiverify.yaml": PROFILE.encode(),
        "keys/release.pub": KEY,
        "rules/no.rego": RULE.encode(),
        "ca.crt": ROOT,
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("name", sorted(LINES))
def test_the_manifests_are_the_golden_ones(desk: Path, name: str):
    done = call("webhook", "manifests", *LINES[name].split(), cwd=desk)

    assert done.exit_code == 0, done.err
    assert_golden(GOLDEN / f"{name}.yaml", done.out)


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.iterdir()} == set(LINES)
