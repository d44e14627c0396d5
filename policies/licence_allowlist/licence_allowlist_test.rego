package aiverify.licence_allowlist_test

import data.aiverify.licence_allowlist

stating(licences) := {"description": {"licences": licences}}

codes contains result.code if some result in licence_allowlist.deny

test_allows_a_permissive_licence if {
	codes == set() with input as stating(["apache-2.0"])
}

test_allows_what_the_configuration_lists if {
	codes == set() with input as stating(["LLAMA3", "MIT"])
		with data.config.licences.allow as ["llama3", "mit"]
}

test_denies_a_licence_that_is_not_listed if {
	results := licence_allowlist.deny with input as stating(["MIT", "GPL-3.0-only"])
	results == {{
		"code": "not_allowed",
		"msg": "the licence GPL-3.0-only is not on the allowlist",
		"fix": "Use an artifact under another licence, or add this one to the allowlist.",
		"path": "/description/licences/1",
	}}
}

test_denies_a_default_licence_that_the_configuration_leaves_out if {
	codes == {"not_allowed"} with input as stating(["MIT"])
		with data.config.licences.allow as ["Apache-2.0"]
}

test_denies_an_expression_that_only_contains_a_listed_licence if {
	codes == {"not_allowed"} with input as stating(["MIT AND GPL-3.0-only"])
}

test_denies_an_artifact_without_licence if {
	codes == {"unstated"} with input as stating([])
}

test_denies_a_document_without_description if {
	codes == {"unstated"} with input as {}
}

test_denies_a_licence_that_is_no_string if {
	codes == {"unstated"} with input as stating([{"id": "MIT"}])
}

test_denies_with_an_empty_list if {
	codes == {"misconfigured", "not_allowed"} with input as stating(["MIT"])
		with data.config.licences.allow as []
}

test_denies_with_a_list_that_is_none if {
	codes == {"misconfigured", "not_allowed"} with input as stating(["MIT"])
		with data.config.licences.allow as "MIT"
}
