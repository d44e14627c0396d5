"""What is asked of every tool's documents, the same of each.

A value counts wherever the document has it: in the field that the standard has for it, in a
property of the tool's own, in a text. Nothing is read but the documents.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.compare.sboms import card, graph, identity, packages, schemas, weights
from tests.compare.sboms.card import says
from tests.compare.sboms.found import Judge


class Row(NamedTuple):
    """A question in a table's words, and what decides it."""

    title: str
    judge: Judge


ROWS = (
    Row("the name that its card gives it", identity.identity),
    Row("purl of the model", identity.purl),
    Row("SHA-256", identity.hashes),
    Row("formats of the weights", identity.formats),
    Row("task", card.task),
    Row("architecture", card.architecture),
    Row("parameters, counted", weights.parameters),
    Row("parameters by type", weights.dtypes),
    Row("quantization by tensor", weights.quantization),
    Row("inputs and outputs of the graph", weights.ports),
    Row("training data", card.datasets),
    Row("data at hand: licence, keeper, digest", card.governance),
    Row("metrics: values", says("0.612", "11.75")),
    Row("metrics: names", says("Normalized accuracy", "Word perplexity")),
    Row("metrics: part of the benchmark", says("ARC-Easy", "wikitext-2-raw-v1")),
    Row("metrics: verified or not", card.verified),
    Row("intended uses", says("short questions about botany")),
    Row("limitations", says("loses the thread after two thousand tokens")),
    Row("ethical considerations", says("places of rare plants, which were made less precise")),
    Row("emission of CO2", says("1530.5")),
    Row("base model", card.base),
    Row("base of the adapter, pinned", card.lora_base),
    Row("LoRA: r, alpha, targets", weights.lora),
    Row("chat templates, hashed", weights.templates),
    Row("tokenizer", weights.tokenizer),
    Row("licence that SPDX does not list", identity.licence),
    Row("licence known by its text", identity.licence_text),
    Row("where a value comes from", identity.origins),
    Row("Python packages", packages.packages),
    Row("what Python packages need", packages.needs),
    Row("Go modules of a binary", packages.modules),
    Row("relations, none of them dangling", graph.graph),
    Row("known vulnerabilities, offline", packages.vulnerabilities),
    Row("statements on those (VEX)", packages.vex),
    Row("what nobody looked into, said", graph.known_unknowns),
    Row("SPDX 3 AI profile", graph.profile),
    Row("valid by the schema", schemas.schemas),
)
