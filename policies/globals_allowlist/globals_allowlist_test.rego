package aiverify.globals_allowlist_test

import data.aiverify.globals_allowlist

importing(names) := {
	"artifact": {"files": [{"name": "a.bin"}]},
	"facts": {"a.bin": {
		"format": "torch",
		"values": {},
		"globals": [{"name": name} | some name in names],
	}},
}

codes contains result.code if some result in globals_allowlist.deny

test_allows_what_a_checkpoint_needs if {
	codes == set() with input as importing(["collections.OrderedDict", "torch._utils._rebuild_tensor_v2"])
}

test_allows_a_file_without_pickle if {
	codes == set() with input as {
		"artifact": {"files": [{"name": "a"}]},
		"facts": {"a": {"format": "safetensors", "values": {}}},
	}
}

test_allows_a_module_that_the_configuration_lists if {
	codes == set() with input as importing(["sklearn.tree.Tree", "numpy.dtype"])
		with data.config.globals.allow as ["sklearn.*", "numpy.dtype"]
}

test_denies_another_global if {
	results := globals_allowlist.deny with input as importing(["numpy.dtype", "os.system"])
	results == {{
		"code": "not_allowed",
		"msg": "a.bin imports os.system, which is not on the allowlist",
		"fix": "Publish the weights as safetensors, or look into what is imported and allow it.",
		"path": "/facts/a.bin/globals/1",
	}}
}

test_denies_a_module_that_only_begins_alike if {
	codes == {"not_allowed"} with input as importing(["sklearn_evil.f", "sklearn"])
		with data.config.globals.allow as ["sklearn.*"]
	codes == {"not_allowed"} with input as importing(["os.system"]) with data.config.globals.allow as [".*", "*"]
}

test_denies_globals_that_cannot_be_read if {
	codes == {"unreadable"} with input as importing([5])
	codes == {"unreadable"} with input as json.patch(importing([]), [{
		"op": "replace",
		"path": "/facts/a.bin/globals",
		"value": {"name": "os.system"},
	}])
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured"} with input as importing(["numpy.dtype"]) with data.config.globals.allow as []
	codes == {"misconfigured"} with input as importing(["numpy.dtype"]) with data.config.globals.allow as [5]
}
