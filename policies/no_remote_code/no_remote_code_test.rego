package aiverify.no_remote_code_test

import data.aiverify.no_remote_code

configured(values, findings) := {
	"artifact": {"files": [{"name": "config.json"}]},
	"facts": {"config.json": {"format": "hf_config", "values": values}},
	"findings": findings,
}

codes contains result.code if some result in no_remote_code.deny

test_allows_a_configuration_without_code if {
	codes == set() with input as configured({"model_type": "llama"}, [{"rule": "AIV-CONTENT-UNREAD"}])
	codes == set() with input as configured({"auto_map": {}}, [])
}

test_denies_code_that_is_fetched if {
	results := no_remote_code.deny with input as configured({}, [
		{"rule": "AIV-CONTENT-UNREAD"},
		{"rule": "AIV-CONFIG-REMOTE-CODE", "message": "says that remote code is to be trusted"},
	])
	results == {{
		"code": "found",
		"msg": "a loader would run code: says that remote code is to be trusted",
		"fix": "Publish the model for a loader that knows its architecture, without code of its own.",
		"path": "/findings/1",
	}}
}

test_denies_code_beside_the_configuration if {
	codes == {"found"} with input as configured({}, [{"rule": "AIV-CONFIG-OWN-CODE"}])
}

test_denies_an_auto_map if {
	results := no_remote_code.deny with input as configured({"auto_map": {"AutoModel": "modeling.Model"}}, [])
	{[result.code, result.path] | some result in results} == {["auto_map", "/facts/config.json/values/auto_map"]}
	codes == {"auto_map"} with input as configured({"auto_map": "modeling.Model"}, [])
}

test_denies_findings_that_cannot_be_read if {
	codes == {"unknown"} with input as configured({}, {"rule": "x"})
	codes == {"unknown"} with input as configured({}, [5])
	codes == {"unknown"} with input as configured({}, [{"rule": 5}])
}

test_denies_without_facts if {
	codes == {"unknown"} with input as {"findings": []}
	codes == {"unknown"} with input as {}
}
