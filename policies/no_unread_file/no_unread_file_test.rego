package aiverify.no_unread_file_test

import data.aiverify.no_unread_file

holding(states) := {
	"artifact": {"files": [{"name": name} | some name, _ in states]},
	"facts": {name: {"format": "x", "values": {}, "state": state} | some name, state in states},
}

codes contains result.code if some result in no_unread_file.deny

test_allows_files_that_were_looked_into if {
	codes == set() with input as holding({"a": "clean", "b": "flagged"})
}

test_allows_a_file_that_is_accepted if {
	codes == set() with input as holding({"a.7z": "unread"}) with data.config.contents.unread as ["*.7z"]
}

test_denies_a_file_that_nobody_looked_into if {
	results := no_unread_file.deny with input as holding({"a": "clean", "b/c": "unread"})
	results == {{
		"code": "unread",
		"msg": "nobody looked into b/c",
		"fix": "Remove the file, or accept it by its name in data.config.contents.unread.",
		"path": "/facts/b~1c/state",
	}}
}

test_denies_a_state_that_there_is_not if {
	codes == {"unread"} with input as holding({"a": null})
	codes == {"unread"} with input as holding({"a": "fine"})
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_patterns_that_are_none if {
	codes == {"misconfigured", "unread"} with input as holding({"a": "unread"})
		with data.config.contents.unread as "*"
}
