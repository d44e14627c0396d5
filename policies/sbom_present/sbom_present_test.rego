package aiverify.sbom_present_test

import data.aiverify.sbom_present

about(component) := {"sbom": {
	"bomFormat": "CycloneDX",
	"specVersion": "1.6",
	"metadata": {"component": component},
}}

codes contains result.code if some result in sbom_present.deny

test_allows_an_sbom_that_says_what_it_is_about if {
	codes == set() with input as about({"type": "machine-learning-model", "name": "llama"})
}

test_denies_without_sbom if {
	results := sbom_present.deny with input as {"sbom": null}
	results == {{
		"code": "no_sbom",
		"msg": "no CycloneDX document is attested for the artifact",
		"fix": "Bundle the artifact, whose SBOM is then attested when it is signed.",
		"path": "/sbom",
	}}
	codes == {"no_sbom"} with input as {}
}

test_denies_another_document if {
	codes == {"no_sbom"} with input as {"sbom": {"spdxVersion": "SPDX-2.3"}}
	codes == {"no_sbom"} with input as {"sbom": {"bomFormat": "CycloneDX", "specVersion": 1.6}}
	codes == {"no_sbom"} with input as {"sbom": ["CycloneDX"]}
}

test_denies_an_sbom_about_nothing if {
	codes == {"no_subject"} with input as about({"name": ""})
	codes == {"no_subject"} with input as about("llama")
	codes == {"no_subject"} with input as about(null)
}
