package aiverify.vulnerabilities_test

import data.aiverify.vulnerabilities

listing(list) := {"sbom": {
	"metadata": {"component": {"bom-ref": "root"}},
	"components": [{"bom-ref": "lib", "purl": "pkg:pypi/lib@1"}],
	"vulnerabilities": list,
}}

scan(type, result) := {"attestations": [{
	"predicate_type": type,
	"predicate": {"scanner": {"result": result}},
}]}

vulns := "https://in-toto.io/attestation/vulns/v0.1"

cosign := "https://cosign.sigstore.dev/attestation/vuln/v1"

only(found) := item if {
	some item in found
	count(found) == 1
}

test_what_the_sbom_lists if {
	found := vulnerabilities.found with input as listing([{
		"id": "CVE-1",
		"references": [{"id": "GHSA-1"}],
		"ratings": [{"severity": "low", "score": 9.1}, 5],
		"affects": [{"ref": "lib"}, {"ref": "gone"}],
	}])
	found["/sbom/vulnerabilities/0"].ids == {"CVE-1", "GHSA-1"}
	found["/sbom/vulnerabilities/0"].ranks == {1, 4}
	{names | some names in found["/sbom/vulnerabilities/0"].targets} == {
		{"lib", "pkg:pypi/lib@1"},
		{"gone"},
	}
	not found["/sbom/vulnerabilities/0"].is_fixable
	not found["/sbom/vulnerabilities/0"].is_analysed_away
}

test_what_affects_nothing_affects_the_artifact if {
	digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	document := object.union(listing([{"id": "CVE-1"}]), {"artifact": {"digest": digest}})
	found := vulnerabilities.found with input as document
	only(found).targets == [{"root", digest}]
}

test_analysis if {
	every state in ["resolved", "resolved_with_pedigree", "false_positive", "not_affected"] {
		found := vulnerabilities.found with input as listing([{"id": "a", "analysis": {"state": state}}])
		only(found).is_analysed_away
	}
	every state in ["exploitable", "in_triage", "", 5, null] {
		found := vulnerabilities.found with input as listing([{"id": "a", "analysis": {"state": state}}])
		not only(found).is_analysed_away
	}
}

test_fixes_in_an_sbom if {
	every part in [
		{"affects": [{"ref": "lib", "versions": [{"version": "2", "status": "unaffected"}]}]},
		{"analysis": {"response": ["update"]}},
		{"recommendation": "Upgrade lib to version 2"},
		{"recommendation": " update lib"},
	] {
		found := vulnerabilities.found with input as listing([object.union({"id": "a"}, part)])
		only(found).is_fixable
	}
	every part in [
		{"affects": [{"ref": "lib", "versions": [{"version": "1", "status": "affected"}]}]},
		{"analysis": {"response": ["will_not_fix"]}},
		{"analysis": 5, "affects": 5},
		{"recommendation": "Do not use it"},
		{"recommendation": 5},
	] {
		found := vulnerabilities.found with input as listing([object.union({"id": "a"}, part)])
		not only(found).is_fixable
	}
}

test_what_in_toto_lists if {
	found := vulnerabilities.found with input as scan(vulns, [
		{"id": "CVE-1", "severity": [{"method": "nvd", "score": "7.5"}]},
		{"id": "CVE-2"},
	])
	found["/attestations/0/predicate/scanner/result/0"].ranks == {3}
	found["/attestations/0/predicate/scanner/result/1"].ids == {"CVE-2"}
}

test_what_trivy_lists if {
	found := vulnerabilities.found with input as scan(cosign, {"Results": [{"Vulnerabilities": [
		{"VulnerabilityID": "CVE-1", "Severity": "CRITICAL", "FixedVersion": "2"},
		{"VulnerabilityID": "CVE-2", "Severity": "UNKNOWN", "FixedVersion": ""},
	]}]})
	first := found["/attestations/0/predicate/scanner/result/Results/0/Vulnerabilities/0"]
	[first.id, first.ranks, first.is_fixable] == ["CVE-1", {4}, true]
	second := found["/attestations/0/predicate/scanner/result/Results/0/Vulnerabilities/1"]
	[second.id, second.ranks, second.is_fixable] == ["CVE-2", set(), false]
}

test_what_grype_lists if {
	found := vulnerabilities.found with input as scan(cosign, {"matches": [
		{"vulnerability": {"id": "CVE-1", "severity": "Medium", "fix": {"state": "fixed"}}},
		{"vulnerability": {"id": "CVE-2", "severity": "Negligible", "fix": {"state": "not-fixed"}}},
	]})
	{[item.id, item.ranks, item.is_fixable] | some item in found} == {["CVE-1", {2}, true], ["CVE-2", {0}, false]}
}

test_what_osv_lists if {
	record := {
		"id": "PYSEC-1",
		"aliases": ["CVE-1", 5],
		"database_specific": {"severity": "MODERATE"},
		"affected": [{"ranges": [{"events": [{"introduced": "0"}, {"fixed": "2"}]}]}],
	}
	found := vulnerabilities.found with input as scan(cosign, {"results": [record]})
	[only(found).ids, only(found).ranks, only(found).is_fixable] == [{"PYSEC-1", "CVE-1"}, {2}, true]
}

test_a_record_that_was_withdrawn_does_not_count if {
	vulnerabilities.found == {} with input as scan(cosign, {"results": [{
		"id": "PYSEC-1",
		"affected": [],
		"withdrawn": "2026-01-01T00:00:00Z",
	}]})
}

test_other_attestations_list_nothing if {
	vulnerabilities.found == {} with input as scan("https://example.com/scan", [{"id": "CVE-1"}])
	vulnerabilities.found == {} with input as scan(5, [{"id": "CVE-1"}])
}

test_what_cannot_be_read if {
	every list in [{}, null, "CVE-1"] {
		vulnerabilities.unreadable == {"/sbom/vulnerabilities"} with input as listing(list)
	}
	every item in [5, {}, {"id": 5}, {"id": "a", "references": {}}, {"id": "a", "references": [{}]}, {"id": "a", "references": [5]}] {
		vulnerabilities.unreadable == {"/sbom/vulnerabilities/0"} with input as listing([item])
	}
	every result in [{}, null, [5], [{}]] {
		vulnerabilities.unreadable == {"/attestations/0/predicate/scanner/result"} with input as scan(vulns, result)
	}
	every result in [null, "x", 5] {
		vulnerabilities.unreadable == {"/attestations/0/predicate/scanner/result"} with input as scan(cosign, result)
	}
}

test_what_can_be_read if {
	vulnerabilities.unreadable == set() with input as listing([{"id": "a"}])
	vulnerabilities.unreadable == set() with input as scan(vulns, [{"id": "a"}])
	vulnerabilities.unreadable == set() with input as scan(cosign, [])
	vulnerabilities.unreadable == set() with input as scan(cosign, {})
	vulnerabilities.unreadable == set() with input as {}
}

test_ranks if {
	[vulnerabilities.rank(value) | some value in ["none", "Low", "MODERATE", "high", "critical"]] == [0, 1, 2, 3, 4]
	[vulnerabilities.rank(value) | some value in [0, 0.1, 4, 7, 9, 10]] == [0, 1, 2, 3, 4, 4]
	[vulnerabilities.rank(value) | some value in ["0.0", "3.9", "10.0"]] == [0, 1, 4]
}

test_what_is_no_rank if {
	every value in ["unknown", "", null, [], 0 - 1, "CVSS:3.1/AV:N", "11", "1e1", " 9.8"] {
		not vulnerabilities.rank(value)
	}
}

test_components_by_ref if {
	components := [{"bom-ref": ref} | some ref in ["a", "b", "b", "c", " ", 5]]
	affects := [{"ref": ref} | some ref in ["a", "b", " ", 5, false, "d"]]
	listed := [{"affects": array.concat(affects, [5])}, {"affects": "c"}, 5]
	vulnerabilities.by_ref == {"a": {"bom-ref": "a"}} with input as {"sbom": {
		"components": components,
		"vulnerabilities": listed,
	}}
}
