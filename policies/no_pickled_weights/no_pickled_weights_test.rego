package aiverify.no_pickled_weights_test

import data.aiverify.no_pickled_weights

holding(formats) := {
	"artifact": {"files": [{"name": name} | some name in object.keys(formats)]},
	"facts": {name: {"format": format} | some name, format in formats},
}

codes contains result.code if some result in no_pickled_weights.deny

test_allows_safetensors if {
	codes == set() with input as holding({"model.safetensors": "safetensors", "config.json": "hf_config"})
}

test_denies_a_pickle_by_name if {
	results := no_pickled_weights.deny with input as holding({"sub/pytorch_model.bin": "torch"})
	results == {{
		"code": "pickled",
		"msg": "sub/pytorch_model.bin is a pickle, and loading it runs what it says",
		"fix": "Publish the weights as safetensors.",
		"path": "/facts/sub~1pytorch_model.bin",
	}}
}

test_denies_every_pickle if {
	results := no_pickled_weights.deny with input as holding({
		"a.pkl": "pickle",
		"b.pt": "torch",
		"c.safetensors": "safetensors",
	})
	count(results) == 2
}

test_denies_a_packed_pickle if {
	codes == {"pickled"} with input as holding({"model.joblib": "joblib"})
}

test_denies_a_container_with_a_pickle_in_it if {
	codes == {"pickled"} with input as {
		"artifact": {"files": [{"name": "a.npz"}]},
		"facts": {"a.npz": {
			"format": "npz",
			"globals": [{"name": "numpy.dtype", "place": "a.npy, byte 128", "invoked": true}],
		}},
	}
}

test_denies_globals_that_cannot_be_read if {
	codes == {"pickled"} with input as {
		"artifact": {"files": [{"name": "a.npz"}]},
		"facts": {"a.npz": {"format": "npz", "globals": 5}},
	}
}

test_denies_a_file_without_facts if {
	codes == {"unknown"} with input as {"artifact": {"files": [{"name": "x"}]}, "facts": {}}
}

test_denies_a_file_without_format if {
	codes == {"unknown"} with input as {
		"artifact": {"files": [{"name": "x"}]},
		"facts": {"x": {"format": null}},
	}
}

test_denies_a_file_without_name if {
	codes == {"unknown"} with input as {"artifact": {"files": [{}]}, "facts": {}}
}

test_denies_a_document_without_facts if {
	codes == {"no_facts", "unknown"} with input as {"artifact": {"files": [{"name": "x"}]}}
}

test_denies_an_artifact_without_files if {
	codes == {"no_facts"} with input as {"artifact": {"files": []}, "facts": {}}
}

test_denies_a_document_of_other_types if {
	codes == {"no_facts"} with input as {"artifact": "x", "facts": ["x"]}
}

test_denies_an_empty_document if {
	codes == {"no_facts"} with input as {}
}
