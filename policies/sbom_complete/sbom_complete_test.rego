package aiverify.sbom_complete_test

import data.aiverify.sbom_complete

complete := {"sbom": {
	"bomFormat": "CycloneDX",
	"specVersion": "1.6",
	"version": 1,
	"metadata": {
		"authors": [{"name": "A"}],
		"tools": {"components": [{"name": "aiverify"}]},
		"lifecycles": [{"phase": "post-build"}],
		"timestamp": "2026-01-01T00:00:00Z",
		"component": {
			"type": "machine-learning-model",
			"bom-ref": "root",
			"name": "llama",
			"version": "1",
			"supplier": {"name": "Acme"},
			"description": "a model",
			"licenses": [{"license": {"id": "MIT"}}],
			"externalReferences": [{"type": "website", "url": "https://example.com"}],
			"properties": [{"name": "aiverify:root-digest", "value": "sha256:ab"}],
			"modelCard": {"modelParameters": {
				"task": "text-generation",
				"architectureFamily": "llama",
				"datasets": [{"ref": "data"}],
				"inputs": [{"format": "text"}],
				"outputs": [{"format": "text"}],
			}},
		},
	},
	"components": [{
		"type": "data",
		"bom-ref": "data",
		"name": "set",
		"licenses": [{"license": {"id": "MIT"}}],
		"data": [{
			"type": "dataset",
			"description": "texts",
			"contents": {"url": "https://example.com"},
			"classification": "public",
			"governance": {"owners": [{"organization": {"name": "Acme"}}]},
		}],
	}],
	"dependencies": [{"ref": "root", "dependsOn": ["data"]}],
}}

without(path) := json.remove(complete, [concat("/", array.concat(["sbom"], path))])

codes contains result.code if some result in sbom_complete.deny

test_allows_what_is_complete if {
	codes == set() with input as complete
}

test_allows_a_program_without_a_card if {
	codes == set() with input as json.patch(complete, [
		{"op": "replace", "path": "/sbom/metadata/component", "value": {"type": "application", "name": "ls"}},
		{"op": "replace", "path": "/sbom/components", "value": []},
	])
}

test_allows_a_hash_of_the_model if {
	codes == set() with input as json.patch(without(["metadata", "component", "properties"]), [{
		"op": "add",
		"path": "/sbom/metadata/component/hashes",
		"value": [{"alg": "SHA-256", "content": "ab"}],
	}])
}

test_allows_what_is_not_demanded_to_be_missing if {
	codes == set() with input as without(["metadata", "timestamp"])
		with data.config.sbom.elements as ["metadata.author", "model.licence"]
}

test_denies_an_sbom_without_author if {
	results := sbom_complete.deny with input as without(["metadata", "authors"])
	results == {{
		"code": "incomplete",
		"msg": "the SBOM lacks the element metadata.author",
		"fix": "State it in the model card, or add it to the SBOM before it is attested.",
		"path": "/sbom",
	}}
}

test_denies_a_model_that_lacks_an_element if {
	every element, path in {
		"model.licence": ["licenses"],
		"model.producer": ["supplier"],
		"model.task": ["modelCard", "modelParameters", "task"],
		"model.hash": ["properties"],
	} {
		results := sbom_complete.deny with input as without(array.concat(["metadata", "component"], path))
		{[result.msg, result.path] | some result in results} == {[
			sprintf("the SBOM lacks the element %s", [element]),
			"/sbom/metadata/component",
		]}
	}
}

test_denies_a_dataset_that_lacks_an_element if {
	results := sbom_complete.deny with input as without(["components", "0", "data", "0", "classification"])
	{[result.msg, result.path] | some result in results} == {[
		"the SBOM lacks the element dataset.sensitivity",
		"/sbom/components/0",
	]}
}

test_denies_elements_that_say_nothing if {
	every value in ["", " ", [], {}, null, false] {
		codes == {"incomplete"} with input as json.patch(complete, [{
			"op": "replace",
			"path": "/sbom/metadata/authors",
			"value": value,
		}])
	}
}

test_denies_without_sbom if {
	codes == {"no_sbom"} with input as {"sbom": null}
	codes == {"no_sbom"} with input as {}
}

test_denies_elements_that_there_are_not if {
	codes == {"misconfigured"} with input as complete with data.config.sbom.elements as ["model.colour"]
	codes == {"misconfigured"} with input as complete with data.config.sbom.elements as "model.name"
}
