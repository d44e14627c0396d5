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

test_allows_an_alternative_of_an_expression if {
	codes == set() with input as stating(["GPL-3.0-only OR (MIT AND Apache-2.0)"])
}

test_allows_every_licence_that_is_not_denied if {
	codes == set() with input as stating(["Anything", "MIT"])
		with data.config.licences.allow as ["*"]
		with data.config.licences.deny as ["AGPL-3.0-only"]
}

test_allows_what_the_sbom_states if {
	codes == set() with input as object.union(stating(["MIT"]), {"sbom": {"components": [
		{"name": "a", "licenses": [{"license": {"id": "MIT"}}]},
		{"name": "b"},
		{"name": "c", "type": "data", "licenses": [{"license": {"id": "CC-BY-NC-4.0"}}]},
	]}})
}

test_denies_a_denied_licence if {
	results := licence_allowlist.deny with input as stating(["agpl-3.0-only"])
		with data.config.licences.allow as ["*"]
		with data.config.licences.deny as ["AGPL-3.0-only"]
	results == {{
		"code": "denied",
		"msg": "the licence agpl-3.0-only is denied",
		"fix": "Use an artifact under another licence.",
		"path": "/description/licences/0",
	}}
}

test_denies_an_expression_that_cannot_do_without_a_denied_licence if {
	codes == {"denied"} with input as stating(["MIT AND AGPL-3.0-only"])
		with data.config.licences.deny as ["AGPL-3.0-only"]
	codes == set() with input as stating(["MIT OR AGPL-3.0-only"])
		with data.config.licences.deny as ["AGPL-3.0-only"]
}

test_denies_what_the_sbom_states_of_a_component if {
	results := licence_allowlist.deny with input as object.union(stating(["MIT"]), {"sbom": {"components": [
		{"name": "a", "components": [{"name": "b", "licenses": [{"license": {"name": "Own"}}]}]},
	]}})
	{[result.code, result.path] | some result in results} == {["not_allowed", "/sbom/components/0/components/0"]}
}

test_denies_licences_in_the_sbom_that_cannot_be_read if {
	codes == {"unreadable"} with input as object.union(stating(["MIT"]), {"sbom": {"components": [{"licenses": ["MIT"]}]}})
}

test_denies_with_a_denylist_that_is_none if {
	codes == {"misconfigured"} with input as stating(["MIT"]) with data.config.licences.deny as "MIT"
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
