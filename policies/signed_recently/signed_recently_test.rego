package aiverify.signed_recently_test

import data.aiverify.signed_recently

# 2026-11-26T00:00:00Z
now := 1795651200000000000

seen(times) := {"now_ns": now, "signatures": [{"time": time} | some time in times]}

codes contains result.code if some result in signed_recently.deny

test_allows_a_signature_of_this_year if {
	codes == set() with input as seen(["2026-01-01T00:00:00Z"])
}

test_allows_an_old_one_beside_a_new_one if {
	codes == set() with input as seen(["2020-01-01T00:00:00Z", "2026-11-25T00:00:00Z"])
		with data.config.signatures.max_age_days as 1
}

test_denies_an_old_signature if {
	results := signed_recently.deny with input as seen(["2024-01-01T00:00:00Z"])
	results == {{
		"code": "too_old",
		"msg": "no signature is known to be at most 365 days old",
		"fix": "Sign the artifact again with --log or --timestamp.",
		"path": "/signatures",
	}}
}

test_denies_one_older_than_is_configured if {
	codes == {"too_old"} with input as seen(["2026-11-01T00:00:00Z"]) with data.config.signatures.max_age_days as 7
}

test_denies_a_signature_of_tomorrow if {
	codes == {"too_old"} with input as seen(["2026-11-27T00:00:00Z"])
}

test_denies_a_signature_without_time if {
	codes == {"too_old"} with input as seen(["", null, 5, "yesterday"])
	codes == {"too_old"} with input as {"now_ns": now, "signatures": [5]}
	codes == {"too_old"} with input as {"now_ns": now}
}

test_denies_without_the_present_time if {
	codes == {"undated"} with input as {"signatures": [{"time": "2026-01-01T00:00:00Z"}]}
	codes == {"undated"} with input as {}
}

test_denies_a_limit_that_is_none if {
	every days in [0, "7", null, 100000] {
		codes == {"misconfigured"} with input as seen(["2026-11-25T00:00:00Z"])
			with data.config.signatures.max_age_days as days
	}
}
