package aiverify.provenance_source_test

import data.aiverify.provenance_source

built_from(dependencies) := {"attestations": [{
	"predicate_type": "https://slsa.dev/provenance/v1",
	"signer": "ci",
	"predicate": {"buildDefinition": {"resolvedDependencies": dependencies}},
}]}

repository := {
	"uri": "git+https://git.example.com/models/llama@refs/heads/main",
	"digest": {"gitCommit": "0123456789abcdef0123456789abcdef01234567"},
}

codes contains result.code if some result in provenance_source.deny

test_allows_any_pinned_source_without_configuration if {
	codes == set() with input as built_from([repository])
}

test_allows_a_source_that_is_listed if {
	codes == set() with input as built_from([repository])
		with data.config.provenance.sources as ["git+https://git.example.com/models/**"]
}

test_denies_another_source if {
	results := provenance_source.deny with input as built_from([repository])
		with data.config.provenance.sources as ["git+https://git.example.com/*@refs/heads/main"]
	results == {{
		"code": "not_allowed",
		"msg": "the artifact was built from git+https://git.example.com/models/llama@refs/heads/main, which no pattern allows",
		"fix": "Build it from allowed sources, or add this one to data.config.provenance.sources.",
		"path": "/attestations/0/predicate/buildDefinition/resolvedDependencies/0",
	}}
}

test_denies_a_source_without_digest if {
	results := provenance_source.deny with input as built_from([repository, {"uri": "https://a/b"}])
	{[result.code, result.path] | some result in results} == {[
		"not_pinned",
		"/attestations/0/predicate/buildDefinition/resolvedDependencies/1",
	]}
	codes == {"not_pinned"} with input as built_from([object.union(repository, {"digest": {"gitCommit": ""}})])
}

test_denies_a_source_without_uri if {
	codes == {"not_allowed"} with input as built_from([{"digest": {"sha256": "ab"}}])
	codes == {"not_allowed", "not_pinned"} with input as built_from([5])
}

test_denies_provenance_without_sources if {
	codes == {"no_source"} with input as built_from([])
	codes == {"no_source"} with input as built_from({"a": repository})
}

test_denies_without_provenance if {
	codes == {"no_provenance"} with input as {"attestations": [5]}
	codes == {"no_provenance"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured"} with input as built_from([repository]) with data.config.provenance.sources as []
}
