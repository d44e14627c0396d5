package aiverify.no_denied_cve_test

import data.aiverify.no_denied_cve

listing(vulnerabilities) := {"sbom": {"bomFormat": "CycloneDX", "vulnerabilities": vulnerabilities}}

codes contains result.code if some result in no_denied_cve.deny

test_allows_an_sbom_without_vulnerabilities if {
	codes == set() with input as {"sbom": {"bomFormat": "CycloneDX"}}
	codes == set() with input as listing([])
}

test_allows_a_vulnerability_of_another_year if {
	codes == set() with input as listing([{"id": "CVE-2024-0001"}])
}

test_allows_what_the_configuration_does_not_deny if {
	codes == set() with input as listing([{"id": "CVE-2023-0001"}])
		with data.config.vulnerabilities.deny as ["CVE-2021-*"]
}

test_denies_a_match if {
	results := no_denied_cve.deny with input as listing([{"id": "CVE-2024-0001"}, {"id": "CVE-2023-4863"}])
	results == {{
		"code": "denied",
		"msg": "CVE-2023-4863 is listed, which CVE-2023-* denies",
		"fix": "Use a component in which this is fixed.",
		"path": "/sbom/vulnerabilities/1",
	}}
}

test_denies_a_match_in_another_case if {
	codes == {"denied"} with input as listing([{"id": "cve-2023-4863"}])
}

test_denies_a_match_by_an_equivalent_id if {
	codes == {"denied"} with input as listing([{
		"id": "GHSA-j7hp-h8jx-5ppr",
		"references": [{"id": "CVE-2023-4863", "source": {"name": "NVD"}}],
	}])
}

test_allows_a_match_that_analysis_excuses if {
	codes == set() with input as listing([{
		"id": "CVE-2023-4863",
		"analysis": {"state": "not_affected"},
	}])
}

test_denies_a_match_in_an_attested_scan if {
	results := no_denied_cve.deny with input as {"sbom": {}, "attestations": [{
		"predicate_type": "https://in-toto.io/attestation/vulns/v0.1",
		"predicate": {"scanner": {"result": [{"id": "CVE-2023-4863"}]}},
	}]}
	{result.path | some result in results} == {"/attestations/0/predicate/scanner/result/0"}
}

test_denies_by_each_pattern_of_the_configuration if {
	results := no_denied_cve.deny with input as listing([{"id": "CVE-2021-44228"}, {"id": "GHSA-x"}])
		with data.config.vulnerabilities.deny as ["CVE-2021-44228", "GHSA-*"]
	count(results) == 2
}

test_denies_a_vulnerability_without_id if {
	codes == {"unreadable"} with input as listing([{"description": "something"}])
	codes == {"unreadable"} with input as listing(["CVE-2023-4863"])
	codes == {"unreadable"} with input as listing([5])
}

test_denies_references_that_are_no_list_of_ids if {
	codes == {"unreadable"} with input as listing([{"id": "GHSA-x", "references": [{}]}])
	codes == {"unreadable"} with input as listing([{"id": "GHSA-x", "references": [5]}])
	codes == {"unreadable"} with input as listing([{
		"id": "GHSA-j7hp-h8jx-5ppr",
		"references": {"id": "CVE-2023-4863"},
	}])
}

test_denies_vulnerabilities_that_are_no_list if {
	codes == {"unreadable"} with input as listing({})
	codes == {"unreadable"} with input as listing(null)
}

test_denies_without_sbom if {
	codes == {"no_sbom"} with input as {"sbom": null}
	codes == {"no_sbom"} with input as {}
}

test_denies_with_an_empty_list_of_patterns if {
	codes == {"misconfigured"} with input as listing([])
		with data.config.vulnerabilities.deny as []
}
