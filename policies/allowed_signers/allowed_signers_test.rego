package aiverify.allowed_signers_test

import data.aiverify.allowed_signers

signed_by(name) := {"signatures": [{"signer": name, "name": "", "issuer": ""}]}

workflow := {"signatures": [{
	"signer": "ci",
	"name": "https://git.example.com/models/release.yml@refs/heads/main",
	"issuer": "https://token.example.com",
}]}

identity(pattern, issuer) := [{"name": pattern, "issuer": issuer}]

codes contains result.code if some result in allowed_signers.deny

test_allows_any_signer_without_configuration if {
	codes == set() with input as signed_by("alice")
}

test_allows_a_signer_by_name if {
	codes == set() with input as signed_by("release-2") with data.config.signers.allow as ["bob", "release-*"]
}

test_allows_a_signer_by_identity if {
	codes == set() with input as workflow
		with data.config.signers.identities as identity(
			"https://git.example.com/models/release.yml@**",
			"https://token.example.com",
		)
}

test_allows_one_of_several if {
	codes == set() with input as {"signatures": [{"signer": "bob"}, {"signer": "alice"}]}
		with data.config.signers.allow as ["alice"]
}

test_denies_a_signer_who_is_not_listed if {
	results := allowed_signers.deny with input as signed_by("mallory") with data.config.signers.allow as ["alice"]
	results == {{
		"code": "not_allowed",
		"msg": "nobody who may sign the artifact did",
		"fix": "Have it signed by one of data.config.signers, or add who signed it there.",
		"path": "/signatures",
	}}
}

test_denies_a_name_that_only_contains_a_listed_one if {
	codes == {"not_allowed"} with input as signed_by("alice-evil") with data.config.signers.allow as ["alice"]
}

test_denies_another_workflow_and_another_issuer if {
	codes == {"not_allowed"} with input as workflow
		with data.config.signers.identities as identity("https://git.example.com/models/*", "https://token.example.com")
	codes == {"not_allowed"} with input as workflow
		with data.config.signers.identities as identity("https://git.example.com/**", "https://other.example.com")
}

test_denies_any_name_where_only_identities_are_given if {
	codes == {"not_allowed"} with input as signed_by("alice")
		with data.config.signers.identities as identity("a@example.com", "https://token.example.com")
}

test_denies_a_signature_that_counts_for_nobody if {
	codes == {"not_allowed"} with input as signed_by("")
	codes == {"not_allowed"} with input as signed_by(5)
	codes == {"not_allowed"} with input as {"signatures": ["alice"]}
}

test_denies_without_signatures if {
	codes == {"not_allowed"} with input as {"signatures": []}
	codes == {"not_allowed"} with input as {"signatures": "alice"}
	codes == {"not_allowed"} with input as {}
}

test_denies_a_configuration_that_is_none if {
	codes == {"misconfigured", "not_allowed"} with input as signed_by("alice") with data.config.signers.allow as []
	codes == {"misconfigured", "not_allowed"} with input as signed_by("alice") with data.config.signers.allow as "alice"
	codes == {"misconfigured", "not_allowed"} with input as signed_by("alice")
		with data.config.signers.identities as [{"name": "alice"}]
	codes == {"misconfigured", "not_allowed"} with input as signed_by("alice") with data.config.signers.identities as {}
}
