package aiverify.quantization_as_declared_test

import data.aiverify.quantization_as_declared

document(facts) := {
	"artifact": {"files": [{"name": name} | some name, _ in facts]},
	"facts": facts,
}

gguf(declared, dtypes) := {"a.gguf": {
	"format": "gguf",
	"state": "clean",
	"values": {"file_type": declared, "dtypes": dtypes},
}}

weights(dtypes) := {"format": "safetensors", "state": "clean", "values": {"dtypes": dtypes}}

configured(values, dtypes) := {
	"config.json": {"format": "hf_config", "state": "clean", "values": values},
	"a.safetensors": weights(dtypes),
	"b.safetensors": weights(dtypes),
}

codes contains result.code if some result in quantization_as_declared.deny

test_allows_a_file_of_its_type if {
	codes == set() with input as document(gguf("Q4_K_M", {"q4_k": 900, "q6_k": 90, "f32": 10}))
	codes == set() with input as document(gguf("Q3_K_M", {"q3_k": 600, "q2_k": 400}))
	codes == set() with input as document(gguf("BF16", {"bf16": 1}))
	codes == set() with input as document(gguf("MXFP4_MOE", {"mxfp4": 1}))
}

test_allows_a_file_that_declares_nothing if {
	codes == set() with input as document(gguf(null, {"q2_k": 1}))
	codes == set() with input as document(gguf("Q8_0", {}))
}

test_allows_weights_as_configured if {
	codes == set() with input as document(configured({"torch_dtype": "bfloat16"}, {"bf16": 10, "f32": 1}))
	codes == set() with input as document(configured({"dtype": "auto"}, {"i8": 10}))
}

test_allows_weights_with_a_quantization if {
	codes == set() with input as document(configured(
		{"torch_dtype": "float16", "quantization_config": {"bits": 4}},
		{"i32": 10, "u8": 100},
	))
}

test_allows_an_sbom_that_counts_what_is_there if {
	codes == set() with input as object.union(document(gguf("F16", {"f16": 1})), {"sbom": {"metadata": {"component": {
		"properties": [{"name": "aiverify:dtype:f16", "value": "1"}, {"name": "aiverify:kind", "value": "model"}, 5],
	}}}})
}

test_allows_a_file_that_could_not_be_read if {
	codes == set() with input as document({"a.gguf": {"format": "gguf", "state": "unread", "values": {}}})
}

test_denies_a_coarser_file if {
	results := quantization_as_declared.deny with input as document(gguf("Q8_0", {"q4_k": 600, "q8_0": 400}))
	results == {{
		"code": "coarser",
		"msg": "a.gguf says that it is Q8_0, and most of it is coarser",
		"fix": "Quantize the model again, and publish it under the type that it has.",
		"path": "/facts/a.gguf/values/file_type",
	}}
}

test_denies_types_of_no_known_size if {
	codes == {"coarser"} with input as document(gguf("Q8_0", {"strange": 1}))
	codes == {"coarser"} with input as document(gguf("1234", {"f32": 1}))
}

test_denies_weights_that_are_coarser_than_configured if {
	results := quantization_as_declared.deny with input as document(configured({"torch_dtype": "float32"}, {"f16": 2, "f32": 1}))
	{[result.code, result.path] | some result in results} == {[
		"coarser_than_configured",
		"/facts/config.json/values/torch_dtype",
	]}
}

test_denies_an_sbom_that_counts_what_is_not_there if {
	results := quantization_as_declared.deny with input as object.union(
		document(gguf("Q4_0", {"q4_0": 1})),
		{"sbom": {"metadata": {"component": {"properties": [{"name": "aiverify:dtype:f16", "value": "1"}]}}}},
	)
	{[result.code, result.path] | some result in results} == {[
		"not_held",
		"/sbom/metadata/component/properties/0",
	]}
}

test_denies_a_file_that_nobody_counted if {
	codes == {"unreadable"} with input as document({"a": {"format": "safetensors", "values": {"dtypes": []}}})
}

test_denies_counts_that_are_none if {
	codes == {"coarser"} with input as document(gguf("Q8_0", {"q8_0": "900", "q4_0": 1, "f32": 0 - 5}))
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": []}, "facts": {}}
	codes == {"no_facts"} with input as {}
}
