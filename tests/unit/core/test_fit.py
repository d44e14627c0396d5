"""Whether an adapter fits its base, told from the two headers."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Severity
from aiverify.core.fit import Fit, fit

Shapes = dict[str, tuple[int, ...]]

Q = "model.layers.0.self_attn.q_proj"
BASE: Shapes = {
    f"{Q}.weight": (64, 32),
    f"{Q}.bias": (64,),
    "model.embed_tokens.weight": (100, 32),
    "model.conv.weight": (16, 3, 5, 7),
    "lm_head.weight": (100, 32),
}


def lora(path: str, down: tuple[int, ...], up: tuple[int, ...]) -> Shapes:
    prefix = f"base_model.model.{path}"
    return {f"{prefix}.lora_A.weight": down, f"{prefix}.lora_B.weight": up}


def embedding(path: str, down: tuple[int, ...], up: tuple[int, ...]) -> Shapes:
    prefix = f"base_model.model.{path}"
    return {f"{prefix}.lora_embedding_A": down, f"{prefix}.lora_embedding_B": up}


def weights(shapes: Shapes) -> FileFacts:
    tensors = tuple(Tensor(name, "f32", shape) for name, shape in shapes.items())
    return FileFacts("w.safetensors", 1, Facts("safetensors", Role.WEIGHT, tensors=tensors))


def settings(**values: Any) -> FileFacts:
    facts = Facts("peft", Role.CONFIG, values={"peft_type": "LORA", **values})
    return FileFacts("adapter_config.json", 1, facts)


def judge(adapter: Shapes, base: Shapes = BASE, **config: Any) -> Fit:
    return fit([settings(**config), weights(adapter)], [weights(base)])


@pytest.mark.parametrize(
    "adapter",
    [
        lora(Q, (8, 32), (64, 8)),
        lora("model.conv", (8, 3, 5, 7), (16, 8, 1, 1)),
        embedding("model.embed_tokens", (8, 100), (32, 8)),
        {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{Q}.lora_magnitude_vector": (64,)},
        {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{Q}.lora_magnitude_vector.weight": (64,)},
        {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{Q}.lora_B.bias": (64,)},
    ],
)
def test_a_pair_whose_shapes_agree_with_the_base_fits(adapter: Shapes) -> None:
    assert judge(adapter, r=8) == Fit(1, ())


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("layers.0.q", True),
        ("model.layers.0.q", True),
        ("base.model.layers.0.q", True),
        ("a.b.c.layers.0.q", False),
        ("layers.1.q", False),
        ("0.q", True),
    ],
)
def test_names_may_differ_by_leading_parts(name: str, fits: bool) -> None:
    found = judge(lora("layers.0.q", (8, 32), (64, 8)), {f"{name}.weight": (64, 32)})
    assert (not found.findings) is fits


def test_the_exact_name_is_preferred_to_a_longer_one() -> None:
    base: Shapes = {"layers.0.q.weight": (64, 32), "model.layers.0.q.weight": (1, 1)}
    assert judge(lora("layers.0.q", (8, 32), (64, 8)), base).findings == ()


def test_a_name_that_could_mean_two_weights_fits_neither() -> None:
    base: Shapes = {"encoder.layers.0.q.weight": (64, 32), "decoder.layers.0.q.weight": (64, 32)}
    (finding,) = judge(lora("layers.0.q", (8, 32), (64, 8)), base).findings
    assert "could mean" in finding.message


@pytest.mark.parametrize(
    ("adapter", "why"),
    [
        (lora("model.layers.9.q_proj", (8, 32), (64, 8)), "finds no weight model.layers.9.q_proj"),
        (lora(Q, (8, 64), (64, 8)), f"and the base has {Q}.weight [64, 32]"),
        (lora(Q, (8, 32), (32, 8)), "change a weight of [32, 32]"),
        (lora(Q, (8, 32), (64, 4)), "no two factors"),
        (lora(Q, (8,), (64, 8)), "no two factors"),
        (lora(Q, (), ()), "no two factors"),
        (lora("model.conv", (8, 3, 5, 5), (16, 8, 1, 1)), "[16, 3, 5, 7]"),
        (lora("model.conv", (8, 3, 5, 7), (16, 8, 3, 3)), "no two factors"),
        (embedding("model.embed_tokens", (8, 99), (32, 8)), "[100, 32]"),
        (dict([*lora(Q, (8, 32), (64, 8)).items()][:1]), "no other half"),
        ({f"base_model.model.{Q}.lora_magnitude_vector": (64,)}, "no other half"),
        (
            {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{Q}.lora_magnitude_vector": (32,)},
            "one number for each output",
        ),
        ({**lora(Q, (8, 32), (64, 8)), f"{Q}.lora_A.weight": (8, 32)}, "finds no weight"),
        ({"base_model.model.model.norm.weight": (32,)}, "finds no weight model.norm.weight"),
    ],
)
def test_what_does_not_fit_is_named_with_its_shapes(adapter: Shapes, why: str) -> None:
    (finding,) = judge(adapter).findings
    assert (finding.rule, finding.severity) == ("AIV-ADAPTER-FIT", Severity.ERROR)
    assert why in finding.message
    assert (finding.file, finding.place in adapter) == ("w.safetensors", True)


@pytest.mark.parametrize(
    ("config", "fits"),
    [
        ({"r": 8}, True),
        ({"r": 16}, False),
        ({}, True),
        ({"r": 16, "rank_pattern": {"q_proj": 8}}, True),
        ({"r": 16, "rank_pattern": {"self_attn.q_proj": 8}}, True),
        ({"r": 16, "rank_pattern": {f"^{Q}$": 8}}, True),
        ({"r": 8, "rank_pattern": {"q_proj": 16}}, False),
        ({"r": 16, "rank_pattern": {"self_attn.q_proj": 16, "q_proj": 8}}, False),
        ({"r": 8, "rank_pattern": {"proj": 16}}, True),
        ({"r": 16, "rank_pattern": {"k_proj": 8}}, False),
        ({"r": 16, "rank_pattern": {"layers.[01].*": 8}}, True),
        ({"r": 8, "rank_pattern": {"layers.[01].*": 16}}, True),
        ({"r": 16, "rank_pattern": {"(a+)+$": 4}}, False),
    ],
)
def test_the_rank_is_the_one_that_the_configuration_gives(
    config: dict[str, Any], fits: bool
) -> None:
    assert judge(lora(Q, (8, 32), (64, 8)), **config).fits is fits


@pytest.mark.parametrize(
    ("targets", "declared"),
    [
        (None, True),
        (["q_proj"], True),
        (["self_attn.q_proj"], True),
        (["v_proj", "q_proj"], True),
        ([Q], True),
        (["proj"], False),
        (["v_proj"], False),
        (Q, True),
        ("q_proj", False),
        ("all-linear", True),
        (r".*\.(q|v)_proj", True),
        ("(a+)+$", True),
    ],
)
def test_a_module_is_one_that_the_configuration_declares(targets: Any, declared: bool) -> None:
    found = judge(lora(Q, (8, 32), (64, 8)), target_modules=targets).findings
    undeclared = [item for item in found if item.rule == "AIV-ADAPTER-UNDECLARED"]
    assert [item.severity for item in undeclared] == ([] if declared else [Severity.ERROR])


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"target_modules": ["q_proj", "v_proj"]}, "/target_modules"),
        ({"rank_pattern": {"v_proj": 4}}, "/rank_pattern"),
        ({"alpha_pattern": {"self_attn.v_proj": 4}}, "/alpha_pattern"),
    ],
)
def test_what_the_configuration_gives_for_modules_that_are_not_there_is_told(
    config: dict[str, Any], place: str
) -> None:
    fitted = judge(lora(Q, (8, 32), (64, 8)), **config)
    (finding,) = fitted.findings
    assert (finding.rule, finding.place) == ("AIV-ADAPTER-UNUSED", place)
    assert "v_proj" in finding.message
    assert fitted.fits


@pytest.mark.parametrize(
    ("dtypes", "fits", "count"),
    [
        (("bf16", "bf16"), True, 0),
        (("f8_e4m3", "f8_e4m3"), True, 0),
        (("f16", "f32"), True, 1),
        (("i8", "i8"), False, 2),
        (("q4_k", "f16"), False, 2),
        (("bool", "bool"), False, 2),
    ],
)
def test_the_factors_are_real_numbers_of_one_kind(
    dtypes: tuple[str, str], fits: bool, count: int
) -> None:
    shapes = lora(Q, (8, 32), (64, 8)).items()
    tensors = tuple(
        Tensor(name, dtype, shape) for (name, shape), dtype in zip(shapes, dtypes, strict=True)
    )
    adapter = FileFacts("w.safetensors", 1, Facts("safetensors", Role.WEIGHT, tensors=tensors))
    fitted = fit([settings(), adapter], [weights(BASE)])
    assert (fitted.fits, len(fitted.findings)) == (fits, count)


def test_a_name_of_a_hundred_thousand_parts_costs_no_more_than_its_length() -> None:
    path = "a." * 100_000 + "q_proj"
    found = judge(lora(path, (8, 32), (64, 8)), target_modules=["q_proj"]).findings
    assert {item.rule for item in found} >= {"AIV-ADAPTER-FIT"}


@pytest.mark.parametrize(("transposed", "fits"), [(True, True), (False, False), ("yes", False)])
def test_weights_are_transposed_only_where_the_configuration_says_so(
    transposed: Any, fits: bool
) -> None:
    found = judge(lora(Q, (8, 64), (32, 8)), fan_in_fan_out=transposed)
    assert (not found.findings) is fits


@pytest.mark.parametrize(
    ("name", "shape", "config", "severities"),
    [
        ("lm_head.weight", (100, 32), {"modules_to_save": ["lm_head"]}, []),
        ("lm_head.weight", (101, 32), {"modules_to_save": ["lm_head"]}, [Severity.ERROR]),
        ("lm_head.weight", (100, 32), {}, [Severity.WARNING]),
        (f"{Q}.base_layer.bias", (64,), {"bias": "lora_only"}, []),
        (f"{Q}.base_layer.bias", (64,), {"bias": "none"}, [Severity.ERROR]),
        (f"{Q}.base_layer.weight", (64, 32), {"bias": "all"}, [Severity.ERROR]),
        ("score.weight", (2, 32), {"modules_to_save": ["score"]}, [Severity.NOTE]),
        ("score.weight", (2, 32), {"task_type": "SEQ_CLS"}, [Severity.NOTE]),
        ("score.weight", (2, 32), {}, [Severity.ERROR]),
    ],
)
def test_a_whole_weight_has_the_shape_of_the_base_or_is_declared_new(
    name: str, shape: tuple[int, ...], config: dict[str, Any], severities: list[Severity]
) -> None:
    adapter = {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{name}": shape}
    found = judge(adapter, **config)
    assert found.pairs == 1
    assert [finding.severity for finding in found.findings] == severities


TOKENS = "model.embed_tokens.token_adapter.trainable_tokens_delta"


@pytest.mark.parametrize(
    ("shape", "config", "rules"),
    [
        ((3, 32), {"trainable_token_indices": [1, 2, 3]}, []),
        ((3, 32), {"trainable_token_indices": {"embed_tokens": [1, 2, 3]}}, []),
        ((3, 32), {}, ["AIV-ADAPTER-UNDECLARED"]),
        ((3, 31), {"trainable_token_indices": [1]}, ["AIV-ADAPTER-FIT"]),
        ((101, 32), {"trainable_token_indices": [1]}, ["AIV-ADAPTER-FIT"]),
        ((32,), {"trainable_token_indices": [1]}, ["AIV-ADAPTER-FIT"]),
    ],
)
def test_trained_tokens_are_rows_of_the_embedding_and_declared(
    shape: tuple[int, ...], config: dict[str, Any], rules: list[str]
) -> None:
    adapter = {**lora(Q, (8, 32), (64, 8)), f"base_model.model.{TOKENS}": shape}
    assert [finding.rule for finding in judge(adapter, **config).findings] == rules


@pytest.mark.parametrize(
    ("config", "rules"),
    [
        ({"layers_to_transform": [0, 2]}, []),
        ({"layers_to_transform": 0}, []),
        ({"layers_to_transform": [1]}, ["AIV-ADAPTER-UNDECLARED"]),
        ({"exclude_modules": ["k_proj"]}, []),
        ({"exclude_modules": ["q_proj"]}, ["AIV-ADAPTER-UNDECLARED"]),
        ({"target_modules": ["q_proj", "k_proj"], "exclude_modules": ["k_proj"]}, []),
        ({"use_dora": True}, ["AIV-ADAPTER-UNUSED"]),
        ({"r": 4}, ["AIV-ADAPTER-RANK"]),
        ({"target_modules": "(a+)+$"}, ["AIV-ADAPTER-UNCHECKED"]),
    ],
)
def test_what_the_configuration_declares_is_what_the_tensors_are(
    config: dict[str, Any], rules: list[str]
) -> None:
    found = judge(lora(Q, (8, 32), (64, 8)), **config).findings
    assert [finding.rule for finding in found] == rules


def test_an_adapter_in_a_folder_is_judged_by_its_own_configuration() -> None:
    def moved(item: FileFacts) -> FileFacts:
        return FileFacts(f"other/{item.name}", item.size, item.facts)

    first = [settings(r=8), weights(lora(Q, (8, 32), (64, 8)))]
    second = [moved(settings(r=4)), moved(weights(lora(Q, (4, 32), (64, 4))))]
    assert fit([*first, *second], [weights(BASE)]) == Fit(2, ())
    (finding,) = fit([*first, second[0], moved(first[1])], [weights(BASE)]).findings
    assert (finding.rule, finding.file) == ("AIV-ADAPTER-RANK", "other/w.safetensors")


@pytest.mark.parametrize(
    ("adapter", "base"),
    [({}, BASE), (lora(Q, (8, 32), (64, 8)), {}), ({}, {})],
)
def test_what_cannot_be_told_does_not_fit(adapter: Shapes, base: Shapes) -> None:
    found = judge(adapter, base)
    assert found.pairs == 0
    assert [finding.severity for finding in found.findings] == [Severity.ERROR]


def test_an_adapter_of_another_type_does_not_fit() -> None:
    found = judge(lora(Q, (8, 32), (64, 8)), peft_type="IA3")
    (finding,) = found.findings
    assert (finding.severity, finding.file) == (Severity.WARNING, "adapter_config.json")
    assert "IA3" in finding.message
    assert not found.fits


def test_an_adapter_for_another_base_is_refused_pair_by_pair() -> None:
    adapter = {
        name: shape
        for layer in range(3)
        for name, shape in lora(f"model.layers.{layer}.q", (8, 16), (16, 8)).items()
    }
    base: Shapes = {f"model.layers.{layer}.q.weight": (32, 32) for layer in range(3)}
    found = judge(adapter, base)
    assert (found.pairs, len(found.findings)) == (3, 3)


def test_a_checkpoint_in_a_folder_gives_way_to_the_adapter_itself() -> None:
    stale = FileFacts("checkpoint/w.safetensors", 1, weights(lora(Q, (4, 32), (64, 4))).facts)
    adapter = [stale, weights(lora(Q, (8, 32), (64, 8))), settings(r=8)]
    assert fit(adapter, [weights(BASE)]).findings == ()


def test_what_is_said_of_a_rank_does_not_grow_with_the_ranks_that_are_given() -> None:
    adapter = {**lora(Q, (8, 32), (64, 8)), **lora("lm_head", (8, 32), (100, 8))}
    pattern = {f"{rank}.*": rank for rank in range(1000, 2000)}
    findings = judge(adapter, r=16, rank_pattern=pattern).findings
    assert len(findings) == 2
    assert all(len(finding.message) < 200 for finding in findings)


def test_what_is_said_of_a_weight_does_not_grow_with_its_dimensions() -> None:
    base = {f"{Q}.weight": (1,) * 10_000}
    (finding,) = judge(lora(Q, (8, 32), (64, 8)), base).findings
    assert finding.message.endswith(f"the base has {Q}.weight of 10000 dimensions")
