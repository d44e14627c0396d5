package aiverify.dataset_sensitivity_test

import data.aiverify.dataset_sensitivity

described(descriptions) := {"sbom": {
	"bomFormat": "CycloneDX",
	"specVersion": "1.6",
	"components": [{"type": "data", "name": "set", "data": descriptions}],
}}

codes contains result.code if some result in dataset_sensitivity.deny

test_allows_public_data if {
	codes == set() with input as described([{"classification": "Public"}])
	codes == set() with input as described([{"classification": "public", "sensitiveData": []}])
}

test_allows_what_the_configuration_lists if {
	codes == set() with input as described([{"classification": "internal", "sensitiveData": ["Names"]}])
		with data.config.datasets.classifications as ["internal"]
		with data.config.datasets.sensitive_data as ["names"]
}

test_allows_a_model_without_datasets if {
	codes == set() with input as {"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6"}}
}

test_denies_another_classification if {
	results := dataset_sensitivity.deny with input as described([{"classification": "confidential"}])
	results == {{
		"code": "not_allowed",
		"msg": "the dataset set is classified as confidential, which is not allowed",
		"fix": "Train on another dataset, or add this to data.config.datasets.classifications.",
		"path": "/sbom/components/0",
	}}
}

test_denies_sensitive_data if {
	results := dataset_sensitivity.deny with input as described([{
		"classification": "public",
		"sensitiveData": ["health"],
	}])
	{[result.code, result.msg] | some result in results} == {["sensitive", "the dataset set holds sensitive data: health"]}
}

test_denies_what_is_not_classified if {
	codes == {"unclassified"} with input as described([])
	codes == {"unclassified"} with input as described([{"classification": "public"}, {}])
	codes == {"unclassified"} with input as described([5])
	codes == {"unclassified"} with input as described("public")
	codes == {"unclassified"} with input as described([{"classification": "public", "sensitiveData": "health"}])
	codes == {"unclassified"} with input as described([{"classification": "public", "sensitiveData": [5]}])
}

test_denies_without_sbom if {
	codes == {"no_sbom"} with input as {"sbom": null}
	codes == {"no_sbom"} with input as {}
}

test_denies_lists_that_are_none if {
	codes == {"misconfigured"} with input as described([{"classification": "public"}])
		with data.config.datasets.classifications as []
	codes == {"misconfigured"} with input as described([{"classification": "public"}])
		with data.config.datasets.sensitive_data as "names"
}
