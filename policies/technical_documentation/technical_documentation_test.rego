package aiverify.technical_documentation_test

import data.aiverify.technical_documentation

complete := {
	"artifact": {"kind": "model"},
	"sbom": {"metadata": {"component": {
		"name": "llama",
		"version": "1",
		"supplier": {"name": "Acme"},
		"licenses": [{"license": {"id": "MIT"}}],
		"modelCard": {
			"modelParameters": {"task": "text-generation", "datasets": [{"ref": "data"}]},
			"considerations": {"useCases": ["chat"], "technicalLimitations": ["it errs"]},
			"quantitativeAnalysis": {"performanceMetrics": [{"type": "accuracy", "value": "0.9"}]},
		},
	}}},
	"attestations": [{"predicate_type": "https://slsa.dev/provenance/v1", "signer": "ci", "predicate": {}}],
}

without(path) := json.remove(complete, [path])

codes contains result.code if some result in technical_documentation.deny

test_allows_what_is_documented if {
	codes == set() with input as complete
}

test_allows_a_purpose_in_either_place if {
	codes == set() with input as without("sbom/metadata/component/modelCard/modelParameters/task")
	codes == set() with input as without("sbom/metadata/component/modelCard/considerations/useCases")
}

test_allows_what_is_waived if {
	codes == set() with input as without("attestations") with data.config.documentation.waived as ["provenance"]
}

test_allows_a_component if {
	codes == set() with input as {"artifact": {"kind": "component"}, "sbom": null}
}

test_denies_what_is_missing if {
	every path, topic in {
		"sbom/metadata/component/version": "version",
		"sbom/metadata/component/supplier": "provider",
		"sbom/metadata/component/licenses": "licence",
		"sbom/metadata/component/modelCard/modelParameters/datasets": "training data",
		"sbom/metadata/component/modelCard/considerations/technicalLimitations": "limitations",
		"sbom/metadata/component/modelCard/quantitativeAnalysis": "performance",
		"attestations": "provenance",
	} {
		results := technical_documentation.deny with input as without(path)
		{result.msg | some result in results} == {sprintf("the documentation does not cover %s", [topic])}
	}
}

test_denies_a_model_without_purpose if {
	document := json.remove(complete, [
		"sbom/metadata/component/modelCard/modelParameters/task",
		"sbom/metadata/component/modelCard/considerations/useCases",
	])
	results := technical_documentation.deny with input as document
	results == {{
		"code": "undocumented",
		"msg": "the documentation does not cover purpose",
		"fix": "Write a section on intended uses into the model card, and name its task. Or waive it in data.config.documentation.waived.",
		"path": "/sbom/metadata/component/modelCard/considerations/useCases",
	}}
}

test_denies_a_model_without_sbom if {
	results := technical_documentation.deny with input as {"artifact": {"kind": "adapter"}, "sbom": null}
	count(results) == 8
}

test_denies_values_of_another_type if {
	codes == {"undocumented"} with input as json.patch(complete, [{
		"op": "replace",
		"path": "/sbom/metadata/component/modelCard/modelParameters/datasets",
		"value": "some",
	}])
}

test_denies_a_document_that_does_not_say_what_it_is if {
	codes == {"unknown"} with input as {}
}

test_denies_topics_that_there_are_not if {
	codes == {"misconfigured"} with input as complete with data.config.documentation.waived as ["everything"]
	codes == {"misconfigured"} with input as complete with data.config.documentation.waived as "version"
}
