"""Describing an artifact: what its files state about it as a whole, and where they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from aiverify.core import card as cards
from aiverify.core.description import AdapterSettings, BaseReference, Description, Stated
from aiverify.core.facts import FileFacts, Role
from aiverify.core.fields import Fields
from aiverify.core.finding import Severity
from aiverify.core.names import printable
from aiverify.core.parameters import parameter_files
from aiverify.core.rules.contents import MALFORMED

CONTEXT_LENGTHS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_seq_len",
    "max_sequence_length",
    "seq_length",
    "context_length",
)
"""Names under which architectures give their context length."""

CARDS = ("readme.md", "modelcard.md", "model_card.md", "model-card.md")
"""Model cards; the first that is there speaks for the artifact."""

PLACEHOLDER = "[More Information Needed]"
"""What the template of model cards holds where nobody wrote anything."""


def describe(files: Sequence[FileFacts]) -> Description:
    """Gather the statements of an artifact's files.

    Only files at the top speak for the artifact as a whole: `1_Pooling/config.json` describes
    a part of it. What the weights' own header says counts where no other file says it. A
    statement of the wrong type is left out, and a warning says so.
    """
    warnings = [text for item in files for text in _left_out(item)]
    readme = _card(files, warnings)
    card = Fields(readme.inner("front_matter").members, readme.where, warnings)
    config = _top_level(files, "hf_config", warnings)
    adapter = _top_level(files, "peft", warnings)
    pipeline = _top_level(files, "diffusers_index", warnings)
    weights = model_weights(files)
    header = _values(weights[0], warnings) if weights else Fields({}, "", warnings)
    parameters, dtypes = _counted(weights, warnings)
    return Description(
        name=cards.name(card),
        authors=cards.authors(readme) or cards.texts(header, "author"),
        supplier=cards.supplier(readme) or cards.text(header, "organization"),
        references=tuple(cards.references(card, header)),
        architecture=_architecture(config) or cards.text(pipeline, "pipeline"),
        family=cards.text(config, "model_type") or cards.text(header, "architecture"),
        library=cards.text(card, "library_name"),
        task=cards.text(card, "pipeline_tag"),
        licences=cards.licences(card) or cards.texts(header, "licence") or _licences(files),
        languages=cards.texts(card, "language"),
        tags=cards.texts(card, "tags"),
        base_models=_base_models(card, adapter, header),
        datasets=cards.texts(card, "datasets"),
        metrics=tuple(cards.metrics(card)),
        sections=_sections(readme),
        formats=_formats(files),
        parameters=parameters,
        dtypes=dtypes,
        context_length=_context_length(config, header),
        vocabulary=_vocabulary(files, config, header, warnings),
        adapter=adapter_settings(adapter),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _left_out(item: FileFacts) -> Iterator[str]:
    """What a file's reader could not use, in its words."""
    yield from _values(item, []).texts("warnings")
    for finding in item.facts.findings:
        if finding.rule == MALFORMED.id and finding.severity is Severity.WARNING:
            yield f"{printable(item.name)}: {finding.message}"


def _values(item: FileFacts, warnings: list[str]) -> Fields:
    return Fields(item.facts.values, f"{item.name}#/", warnings)


def _top_level(files: Sequence[FileFacts], format_name: str, warnings: list[str]) -> Fields:
    """The values of the file of a format that is not in a folder; none when there is none."""
    for item in files:
        if item.facts.format == format_name and "/" not in item.name:
            return _values(item, warnings)
    return Fields({}, "", warnings)


def _card(files: Sequence[FileFacts], warnings: list[str]) -> Fields:
    """The values of the model card; its sources name a member without a slash."""
    found = {item.name.lower(): item for item in files if item.facts.format == "modelcard"}
    for name in CARDS:
        if name in found:
            item = found[name]
            return Fields(item.facts.values, f"{item.name}#", warnings)
    return Fields({}, "", warnings)


def _architecture(config: Fields) -> Stated[str] | None:
    names = config.texts("architectures")
    return Stated(names[0], config.source("architectures/0")) if names else None


def _licences(files: Sequence[FileFacts]) -> tuple[Stated[str], ...]:
    """Licences whose text lies beside the weights, where no file names one."""
    top = [item for item in files if "/" not in item.name]
    texts = [item for item in top if item.facts.format == "licence"]
    named = (Fields(item.facts.values, item.name, []) for item in texts)
    found = tuple(Stated(name, item.where) for item in named if (name := item.text("licence")))
    return found or tuple(_licences_of_data(top))


def _licences_of_data(files: Sequence[FileFacts]) -> Iterator[Stated[str]]:
    """Licences that a description of a dataset names."""
    for item in files:
        if item.facts.format in ("croissant", "dataset_info"):
            values = _values(item, [])
            yield from cards.texts(values, "licences") or cards.texts(values, "license")


def _base_models(
    card: Fields, adapter: Fields, header: Fields
) -> tuple[Stated[BaseReference], ...]:
    """The card's base models, and the adapter's unless the card has it just as precisely."""
    stated = cards.base_models(card) or tuple(_named_in(header))
    found = {statement.value.name: statement for statement in stated}
    key = "base_model_name_or_path"
    reference = BaseReference(name=adapter.text(key), revision=adapter.text("revision"))
    if reference.name and (reference.revision or reference.name not in found):
        found[reference.name] = Stated(reference, adapter.source(key))
    return tuple(found.values())


def _named_in(header: Fields) -> Iterator[Stated[BaseReference]]:
    """The base models that a GGUF file names, by organization and name, or by name alone."""
    for base in header.each("base_models"):
        parts = (base.text("organization"), base.text("name"))
        name = "/".join(part for part in parts if part)
        if name:
            yield Stated(BaseReference(name, base.text("version")), base.where.removesuffix("/"))


def _sections(readme: Fields) -> Mapping[str, Stated[str]]:
    sections = readme.inner("sections")
    return {
        title: Stated(prose, readme.source(title))
        for title in sections.members
        if (prose := sections.text(title)) and prose != PLACEHOLDER
    }


def _formats(files: Sequence[FileFacts]) -> tuple[str, ...]:
    """Formats of the weights, as far as they are known."""
    weights = {item.facts.format for item in files if item.facts.role is Role.WEIGHT}
    return tuple(sorted(weights - {"unknown", "empty"}))


def model_weights(files: Sequence[FileFacts]) -> list[FileFacts]:
    """The files that make up the model, without those of adapters in folders of their own."""
    index = _top_level(files, "safetensors_index", [])
    configs = (item.name for item in files if item.facts.format == "peft")
    adapters = tuple(f"{folder}/" for name in configs if (folder := name.rpartition("/")[0]))
    own = [item for item in files if not item.name.startswith(adapters)]
    return parameter_files(own, index.texts("shards"))


def _counted(
    weights: Sequence[FileFacts], warnings: list[str]
) -> tuple[Stated[int] | None, dict[str, int]]:
    """Elements in all, and by dtype."""
    if not weights:
        return None, {}
    dtypes: Counter[str] = Counter()
    for item in weights:
        by_dtype = _values(item, warnings).inner("dtypes")
        for dtype in by_dtype.members:
            dtypes[dtype] += by_dtype.integer(dtype) or 0
    more = f" and {len(weights) - 1} more" if len(weights) > 1 else ""
    return Stated(dtypes.total(), weights[0].name + more), dict(sorted(dtypes.items()))


def _context_length(config: Fields, header: Fields) -> Stated[int] | None:
    for fields in (config, config.inner("text_config"), header):
        for key in CONTEXT_LENGTHS:
            length = fields.integer(key)
            if length is not None:
                return Stated(length, fields.source(key))
    return None


def _vocabulary(
    files: Sequence[FileFacts], config: Fields, header: Fields, warnings: list[str]
) -> Stated[int] | None:
    """Entries that the model has embeddings for; failing that, those of its tokenizer."""
    tokenizer = _top_level(files, "tokenizer", warnings)
    places = (
        (config, "vocab_size"),
        (config.inner("text_config"), "vocab_size"),
        (header, "vocabulary"),
        (tokenizer, "vocabulary"),
    )
    for fields, key in places:
        size = fields.integer(key)
        if size is not None:
            source = fields.source(key) if fields is not tokenizer else "tokenizer.json"
            return Stated(size, source)
    return None


def adapter_settings(adapter: Fields) -> Stated[AdapterSettings] | None:
    """What the members of an `adapter_config.json` declare; None where there is no such file."""
    if not adapter.where:
        return None
    settings = AdapterSettings(
        peft_type=adapter.text("peft_type"),
        rank=adapter.integer("r"),
        alpha=adapter.number("lora_alpha"),
        target_modules=adapter.texts("target_modules"),
    )
    return Stated(settings, adapter.where.removesuffix("#/"))
