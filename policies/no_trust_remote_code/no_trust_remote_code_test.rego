package aiverify.no_trust_remote_code_test

import data.aiverify.no_trust_remote_code

pod(container) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}

codes contains result.code if some result in no_trust_remote_code.deny

test_allows_a_server_that_trusts_nothing if {
	codes == set() with input as pod({"args": ["--model", "/models/llama", "--trust-remote-code=false"]})
	codes == set() with input as pod({"env": [{"name": "TRUST_REMOTE_CODE", "value": "False"}]})
}

test_allows_what_is_asked_outside_of_a_cluster if {
	codes == set() with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
}

test_denies_the_option if {
	results := no_trust_remote_code.deny with input as pod({"name": "vllm", "args": ["--model", "x", "--trust-remote-code"]})
	results == {{
		"code": "trusted",
		"msg": "the container vllm is started with --trust-remote-code",
		"fix": "Take the option away, and serve a model that needs no code of its own.",
		"path": "/spec/containers/0/args/2",
	}}
}

test_denies_the_option_in_every_spelling if {
	every arguments in [
		["--trust_remote_code"],
		["--trust-remote-code=True"],
		["--trust-remote-code", "false"],
		["--trust-remote"],
		["sh", "-c", "vllm serve x --trust-remote-code"],
	] {
		codes == {"trusted"} with input as pod({"command": arguments})
	}
	codes == {"trusted"} with input as pod({"env": [{"name": "EXTRA", "value": "--port 80 --trust-remote-code"}]})
}

test_denies_a_variable if {
	codes == {"variable"} with input as pod({"env": [{"name": "TRUST_REMOTE_CODE", "value": "1"}]})
	codes == {"variable"} with input as pod({"env": [{"name": "HF_TRUST_REMOTE_CODE", "valueFrom": {}}]})
}

test_denies_it_in_a_request_for_an_owner if {
	results := no_trust_remote_code.deny with input as {"apiVersion": "aiverify.dev/input/v1", "request": {"object": {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
		"spec": {"template": {"spec": {"initContainers": [{"args": ["--trust-remote-code"]}]}}},
	}}}
	{result.path | some result in results} == {"/request/object/spec/template/spec/initContainers/0/args/0"}
}

test_denies_a_container_that_cannot_be_read if {
	codes == {"unreadable"} with input as pod({"args": "--trust-remote-code"})
}

test_denies_a_document_without_request if {
	codes == {"unknown"} with input as {"apiVersion": "aiverify.dev/input/v1"}
	codes == {"unknown"} with input as {}
}
