package aiverify.provenance_builder_test

import data.aiverify.provenance_builder

built_by(ids) := {"attestations": [attestation |
	some id in ids
	attestation := {
		"predicate_type": "https://slsa.dev/provenance/v1",
		"signer": "ci",
		"predicate": {"runDetails": {"builder": {"id": id}}},
	}
]}

codes contains result.code if some result in provenance_builder.deny

test_allows_any_builder_without_configuration if {
	codes == set() with input as built_by(["https://ci.example.com/a/b@v1"])
}

test_allows_a_builder_that_is_listed if {
	codes == set() with input as built_by(["https://ci.example.com/release@v1"])
		with data.config.provenance.builders as ["https://ci.example.com/release@*"]
}

test_denies_another_builder if {
	results := provenance_builder.deny with input as built_by(["https://evil.example.com/x"])
		with data.config.provenance.builders as ["https://ci.example.com/**"]
	results == {{
		"code": "not_allowed",
		"msg": "the provenance names https://evil.example.com/x as builder, whom no pattern allows",
		"fix": "Build the artifact where it may be built, or add the builder to data.config.provenance.builders.",
		"path": "/attestations/0/predicate/runDetails/builder/id",
	}}
}

test_denies_one_of_two_builders if {
	codes == {"not_allowed"} with input as built_by(["https://ci.example.com/a", "https://b.example.com/a"])
		with data.config.provenance.builders as ["https://ci.example.com/**"]
}

test_denies_provenance_without_builder if {
	codes == {"not_allowed"} with input as built_by([""])
	codes == {"not_allowed"} with input as built_by([5])
	codes == {"not_allowed"} with input as {"attestations": [{
		"predicate_type": "https://slsa.dev/provenance/v1",
		"signer": "ci",
		"predicate": null,
	}]}
}

test_denies_provenance_of_nobody if {
	codes == {"no_provenance"} with input as {"attestations": [{
		"predicate_type": "https://slsa.dev/provenance/v1",
		"signer": "",
		"predicate": {"runDetails": {"builder": {"id": "https://ci.example.com/a"}}},
	}]}
}

test_denies_without_provenance if {
	codes == {"no_provenance"} with input as {"attestations": []}
	codes == {"no_provenance"} with input as {"attestations": {}}
	codes == {"no_provenance"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured"} with input as built_by(["https://a"]) with data.config.provenance.builders as []
	codes == {"misconfigured"} with input as built_by(["https://a"]) with data.config.provenance.builders as "**"
}
