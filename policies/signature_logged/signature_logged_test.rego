package aiverify.signature_logged_test

import data.aiverify.signature_logged

codes contains result.code if some result in signature_logged.deny

test_allows_signatures_that_are_logged if {
	codes == set() with input as {"signatures": [{"logged": true}, {"logged": true}]}
}

test_denies_one_that_is_not if {
	results := signature_logged.deny with input as {"signatures": [
		{"signer": "ci", "logged": true},
		{"signer": "alice", "logged": false},
	]}
	results == {{
		"code": "not_logged",
		"msg": "the signature of alice is in no transparency log",
		"fix": "Sign with --log, and verify with a trust configuration that names the log.",
		"path": "/signatures/1",
	}}
}

test_denies_what_is_no_boolean if {
	codes == {"not_logged"} with input as {"signatures": [{"logged": "true"}, {}, 5]}
}

test_denies_without_signatures if {
	codes == {"unsigned"} with input as {"signatures": []}
	codes == {"unsigned"} with input as {"signatures": {"a": {"logged": true}}}
	codes == {"unsigned"} with input as {}
}
