"""The parts of a pipeline, and what wrote it."""

from __future__ import annotations

from pathlib import Path

from tests.support.looking import look_at_json

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.30.0",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "safety_checker": [None, None],
}


def test_a_pipeline_states_its_parts_and_the_version_that_wrote_it(tmp_path: Path) -> None:
    facts = look_at_json(tmp_path, "model_index.json", INDEX).facts
    assert facts.values == {
        "pipeline": "StableDiffusionPipeline",
        "parts": {"unet": "diffusers.UNet2DConditionModel"},
        "diffusers_version": "0.30.0",
    }


def test_a_version_that_is_no_text_is_left_out_with_a_warning(tmp_path: Path) -> None:
    values = look_at_json(tmp_path, "model_index.json", INDEX | {"_diffusers_version": 1}).facts
    assert "diffusers_version" not in values.values
    (warning,) = values.values["warnings"]
    assert warning.startswith("model_index.json#/_diffusers_version is not a string")
