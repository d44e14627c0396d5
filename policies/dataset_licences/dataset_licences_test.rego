package aiverify.dataset_licences_test

import data.aiverify.dataset_licences

licensed(licences) := {
	"description": {"datasets": ["set"]},
	"sbom": {
		"bomFormat": "CycloneDX",
		"specVersion": "1.6",
		"components": [{"type": "data", "name": "set", "licenses": licences}],
	},
}

codes contains result.code if some result in dataset_licences.deny

test_allows_a_permissive_licence if {
	codes == set() with input as licensed([{"license": {"id": "CC-BY-4.0"}}])
}

test_allows_an_alternative if {
	codes == set() with input as licensed([{"expression": "CC-BY-NC-4.0 OR CC0-1.0"}])
}

test_allows_what_the_configuration_lists if {
	codes == set() with input as licensed([{"license": {"name": "Our own"}}])
		with data.config.datasets.licences as ["our own"]
}

test_allows_a_model_without_datasets if {
	codes == set() with input as {"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6"}}
}

test_denies_another_licence if {
	results := dataset_licences.deny with input as licensed([{"license": {"id": "CC-BY-NC-4.0"}}])
	results == {{
		"code": "not_allowed",
		"msg": "the dataset set is under CC-BY-NC-4.0, which is not allowed",
		"fix": "Train on another dataset, or add the licence to data.config.datasets.licences.",
		"path": "/sbom/components/0",
	}}
}

test_denies_a_licence_that_the_configuration_denies if {
	codes == {"not_allowed"} with input as licensed([{"license": {"id": "MIT"}}])
		with data.config.datasets.deny as ["MIT"]
		with data.config.datasets.licences as ["*"]
}

test_denies_a_dataset_without_licence if {
	codes == {"unstated"} with input as licensed([])
	codes == {"unstated"} with input as licensed([5])
	codes == {"unstated"} with input as licensed("MIT")
}

test_denies_a_dataset_that_the_sbom_does_not_list if {
	document := object.union(licensed([{"license": {"id": "MIT"}}]), {"description": {"datasets": ["set", "other"]}})
	results := dataset_licences.deny with input as document
	{[result.code, result.path] | some result in results} == {["not_listed", "/description/datasets/1"]}
}

test_denies_without_sbom if {
	codes == {"no_sbom"} with input as {"sbom": null, "description": {"datasets": ["a"]}}
	codes == {"no_sbom"} with input as {}
}

test_denies_lists_that_are_none if {
	codes == {"misconfigured"} with input as licensed([{"license": {"id": "MIT"}}])
		with data.config.datasets.licences as []
	codes == {"misconfigured"} with input as licensed([{"license": {"id": "MIT"}}])
		with data.config.datasets.deny as "MIT"
}
