package aiverify.signer_count_test

import data.aiverify.signer_count

signed_by(names) := {"signatures": [{"signer": name} | some name in names]}

codes contains result.code if some result in signer_count.deny

test_allows_one_signer if {
	codes == set() with input as signed_by(["alice"])
}

test_allows_as_many_as_the_configuration_asks_for if {
	codes == set() with input as signed_by(["alice", "bob"]) with data.config.signers.minimum as 2
}

test_denies_too_few if {
	results := signer_count.deny with input as signed_by(["alice"]) with data.config.signers.minimum as 2
	results == {{
		"code": "too_few",
		"msg": "1 distinct signer(s) signed the artifact, and it takes 2",
		"fix": "Have the missing signers sign the same artifact.",
		"path": "/signatures",
	}}
}

test_denies_one_signer_who_signed_twice if {
	codes == {"too_few"} with input as signed_by(["alice", "alice"]) with data.config.signers.minimum as 2
}

test_denies_signatures_that_count_for_nobody if {
	codes == {"too_few"} with input as signed_by(["", null, 5])
}

test_denies_without_signatures if {
	codes == {"too_few"} with input as signed_by([])
	codes == {"too_few"} with input as {}
	codes == {"too_few"} with input as {"signatures": "alice"}
}

test_denies_a_minimum_that_is_none if {
	codes == {"misconfigured"} with input as signed_by(["alice"]) with data.config.signers.minimum as 0
	codes == {"misconfigured"} with input as signed_by(["alice"]) with data.config.signers.minimum as "1"
	codes == {"misconfigured"} with input as signed_by(["alice"]) with data.config.signers.minimum as null
}
