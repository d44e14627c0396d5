"""What changed between two bills of materials, each a CycloneDX document that anybody wrote."""

from __future__ import annotations

from aiverify.sbom.difference.change import Change as Change
from aiverify.sbom.difference.change import Difference as Difference
from aiverify.sbom.difference.change import Matters as Matters
from aiverify.sbom.difference.change import Side as Side
from aiverify.sbom.difference.change import Topic as Topic
from aiverify.sbom.difference.change import Way as Way
from aiverify.sbom.difference.change import Weights as Weights
from aiverify.sbom.difference.compare import difference as difference
