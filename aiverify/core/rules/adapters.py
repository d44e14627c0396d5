"""Rules about adapters and their base models."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

FIT = Rule(
    "AIV-ADAPTER-FIT",
    "An adapter does not fit its base",
    Severity.ERROR,
    "A tensor of the adapter finds no weight in the base that it could change.",
    "Use the base that the adapter was trained on.",
    "CWE-1288",
)
RANK = Rule(
    "AIV-ADAPTER-RANK",
    "An adapter has another rank than it declares",
    Severity.ERROR,
    "The tensors' rank is not the r of the configuration, nor what rank_pattern gives: their "
    "scale would be wrong, and what loads is not what was trained.",
    "Correct r or rank_pattern in adapter_config.json, or fetch the adapter again.",
    "CWE-345",
)
UNCHECKED = Rule(
    "AIV-ADAPTER-UNCHECKED",
    "Nobody can say whether an adapter fits",
    Severity.WARNING,
    "The tensors of this type of adapter, or the modules that it declares, are not understood.",
    "Try the adapter on its base before it is used.",
    "CWE-1288",
)
UNDECLARED = Rule(
    "AIV-ADAPTER-UNDECLARED",
    "An adapter changes what it does not declare",
    Severity.ERROR,
    "A tensor changes or replaces what the configuration does not name: what loads is not what "
    "it says.",
    "Fetch the adapter again, or correct its adapter_config.json.",
    "CWE-345",
)
UNUSED = Rule(
    "AIV-ADAPTER-UNUSED",
    "An adapter's configuration names what it does not hold",
    Severity.WARNING,
    "A module, rank or scale that the configuration gives has no tensors in the adapter.",
    "Check that the adapter is whole, and that its adapter_config.json belongs to it.",
    "CWE-345",
)
BASE = Rule(
    "AIV-ADAPTER-BASE",
    "The base at hand is not the one that is claimed",
    Severity.ERROR,
    "The adapter names another base model, or its attested SBOM pins other bytes.",
    "Use the base that the adapter was trained on.",
    "CWE-345",
)

RULES: tuple[Rule, ...] = (FIT, RANK, UNCHECKED, UNDECLARED, UNUSED, BASE)
