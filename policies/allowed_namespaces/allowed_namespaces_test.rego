package aiverify.allowed_namespaces_test

import data.aiverify.allowed_namespaces

pod(namespace) := {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": namespace}, "spec": {}}

request(namespace) := {
	"apiVersion": "aiverify.dev/input/v1",
	"request": {"namespace": namespace, "object": pod("serving")},
}

codes contains result.code if some result in allowed_namespaces.deny

test_allows_a_namespace_of_ones_own if {
	codes == set() with input as pod("serving")
	codes == set() with input as request("serving")
}

test_allows_a_namespace_that_is_listed if {
	codes == set() with input as request("serving-eu") with data.config.namespaces.allow as ["serving-*"]
	codes == set() with input as pod("default") with data.config.namespaces.allow as ["default"]
}

test_allows_what_is_in_no_namespace if {
	codes == set() with input as request("")
	codes == set() with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
}

test_denies_a_namespace_of_kubernetes if {
	results := allowed_namespaces.deny with input as request("kube-system")
	results == {{
		"code": "not_allowed",
		"msg": "workloads may not be in the namespace kube-system",
		"fix": "Create it in another namespace, or add this one to data.config.namespaces.allow.",
		"path": "/request/namespace",
	}}
}

test_denies_the_default_namespace if {
	codes == {"not_allowed"} with input as pod("default")
	codes == {"not_allowed"} with input as {"apiVersion": "v1", "kind": "Pod"}
	codes == {"not_allowed"} with input as pod(5)
}

test_denies_a_namespace_that_is_not_listed if {
	codes == {"not_allowed"} with input as request("other") with data.config.namespaces.allow as ["serving-*"]
}

test_denies_a_namespace_that_the_object_claims if {
	codes == {"not_allowed"} with input as request("other") with data.config.namespaces.allow as ["serving"]
}

test_denies_a_document_without_request if {
	codes == {"unknown"} with input as {"apiVersion": "aiverify.dev/input/v1"}
	codes == {"unknown"} with input as {}
}

test_denies_patterns_that_are_none if {
	codes == {"misconfigured", "not_allowed"} with input as pod("serving") with data.config.namespaces.allow as []
	codes == {"misconfigured", "not_allowed"} with input as pod("serving") with data.config.namespaces.allow as "*"
}
