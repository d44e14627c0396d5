package aiverify.vex_test

import data.aiverify.vex

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

attested(statements) := {
	"predicate_type": "https://openvex.dev/ns/v0.2.0",
	"signer": "security",
	"predicate": {"timestamp": "2026-01-01T00:00:00Z", "statements": statements},
}

document(vulnerability, attestations) := {
	"artifact": {"digest": digest},
	"sbom": {
		"metadata": {"component": {"bom-ref": "root", "purl": "pkg:huggingface/org/llama@1"}},
		"components": [{"bom-ref": "lib", "purl": "pkg:pypi/lib@1"}],
		"vulnerabilities": [object.union({"id": "CVE-1", "affects": [{"ref": "lib"}]}, vulnerability)],
	},
	"attestations": attestations,
}

# A statement that excuses, with members of it changed.
excuse(changes) := object.union(
	{
		"vulnerability": {"name": "CVE-1"},
		"products": [{"@id": "pkg:pypi/lib@1"}],
		"status": "not_affected",
		"justification": "vulnerable_code_not_present",
	},
	changes,
)

is_excused(vulnerability, attestations) if {
	count(vex.excused) == 1 with input as document(vulnerability, attestations)
}

says(changes) if is_excused({}, [attested([excuse(changes)])])

test_nobody_says_anything if {
	not is_excused({}, [])
}

test_analysis_excuses if {
	is_excused({"analysis": {"state": "not_affected"}}, [])
	not is_excused({"analysis": {"state": "exploitable"}}, [])
}

test_a_statement_excuses if {
	says({})
	says({"status": "fixed", "justification": ""})
	says({"justification": "", "impact_statement": "it is never called"})
}

test_a_statement_does_not_excuse if {
	not says({"status": "affected"})
	not says({"status": "under_investigation"})
	not says({"status": 5})
	not says({"justification": ""})
}

test_ids if {
	says({"vulnerability": "cve-1"})
	says({"vulnerability": {"@id": "CVE-1"}})
	says({"vulnerability": {"name": "GHSA-1", "aliases": ["CVE-1", 5]}})
	not says({"vulnerability": {"name": "CVE-2"}})
	not says({"vulnerability": null})
}

test_products if {
	says({"products": ["pkg:pypi/lib@1"]})
	says({"products": [{"identifiers": {"purl": "pkg:pypi/lib@1"}}]})
	says({"products": [{"@id": "pkg:huggingface/org/llama@1"}]})
	says({"products": [{"@id": digest}]})
	says({"products": [{"hashes": {"sha-256": trim_prefix(digest, "sha256:")}}]})
	says({"products": [{"@id": digest, "subcomponents": [{"@id": "pkg:pypi/lib@1"}]}]})
	not says({"products": []})
	not says({"products": "pkg:pypi/lib@1"})
	not says({"products": [{"@id": "pkg:pypi/other@1"}]})
	not says({"products": [{"@id": digest, "subcomponents": [{"@id": "pkg:pypi/other@1"}]}]})
	not says({"products": [{"@id": "pkg:pypi/x@1", "subcomponents": [{"@id": "pkg:pypi/lib@1"}]}]})
	not says({"products": [{"hashes": {"sha-256": 5}}]})
}

test_without_products_it_is_about_the_artifact if {
	is_excused({}, [attested([object.remove(excuse({}), ["products"])])])
}

test_every_thing_that_has_it_must_be_excused if {
	not is_excused({"affects": [{"ref": "lib"}, {"ref": "other"}]}, [attested([excuse({})])])
	is_excused({"affects": [{"ref": "lib"}, {"ref": "other"}]}, [attested([excuse({"products": [{"@id": digest}]})])])
}

test_the_latest_statement_counts if {
	later := excuse({"status": "affected", "timestamp": "2026-02-01T00:00:00Z"})
	earlier := excuse({"status": "affected", "timestamp": "2025-02-01T00:00:00Z"})
	corrected := excuse({"status": "affected", "timestamp": "2025-02-01T00:00:00Z", "last_updated": "2026-02-01T00:00:00Z"})
	not is_excused({}, [attested([excuse({}), later])])
	not is_excused({}, [attested([excuse({}), corrected])])
	is_excused({}, [attested([excuse({}), earlier])])
	is_excused({}, [attested([excuse({"timestamp": "2026-03-01T00:00:00Z"})]), attested([later])])
}

test_statements_of_one_time_do_not_excuse if {
	not is_excused({}, [attested([excuse({}), excuse({"status": "affected"})])])
}

test_a_statement_without_time_counts_against if {
	undated := {"predicate_type": "https://openvex.dev/ns", "signer": "security", "predicate": {"statements": [
		excuse({"status": "affected"}),
	]}}
	not is_excused({}, [attested([excuse({})]), undated])
}

test_an_excuse_without_time_does_not_count if {
	not is_excused({}, [{
		"predicate_type": "https://openvex.dev/ns",
		"signer": "security",
		"predicate": {"statements": [excuse({})]},
	}])
}

test_analysis_gives_way_to_a_statement if {
	not is_excused({"analysis": {"state": "not_affected"}}, [attested([excuse({"status": "affected"})])])
}

test_who_may_say_so if {
	document_of_one := document({}, [attested([excuse({})])])
	count(vex.excused) == 1 with input as document_of_one with data.config.vex.signers as ["sec*"]
	count(vex.excused) == 0 with input as document_of_one with data.config.vex.signers as ["other"]
	count(vex.excused) == 0 with input as document_of_one with data.config.vex.signers as "security"
	not is_excused({}, [object.union(attested([excuse({})]), {"signer": ""})])
}

test_other_attestations_excuse_nothing if {
	not is_excused({}, [object.union(attested([excuse({})]), {"predicate_type": "https://example.com"})])
	not is_excused({}, [object.union(attested([excuse({})]), {"predicate_type": 5})])
	not is_excused({}, [5, {"predicate_type": "https://openvex.dev/ns", "signer": "security", "predicate": {"statements": 5}}])
}
