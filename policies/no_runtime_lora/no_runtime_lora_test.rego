package aiverify.no_runtime_lora_test

import data.aiverify.no_runtime_lora

pod(container) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}

setting(value) := pod({"name": "vllm", "env": [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": value}]})

codes contains result.code if some result in no_runtime_lora.deny

test_allows_a_server_without_the_variable if {
	codes == set() with input as pod({"args": ["--lora-modules", "a=/a"]})
	codes == set() with input as pod({"image": "redis:7", "envFrom": [{"configMapRef": {"name": "x"}}]})
}

test_allows_a_variable_that_says_no if {
	codes == set() with input as setting("False")
	codes == set() with input as setting("0")
	codes == set() with input as object.union(setting("false"), {"spec": {"containers": [{
		"image": "vllm/vllm-openai:v0.9",
		"env": [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": "false"}],
		"envFrom": [{"configMapRef": {"name": "x"}}],
	}]}})
}

test_allows_what_is_asked_outside_of_a_cluster if {
	codes == set() with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
}

test_denies_a_variable_that_says_yes if {
	results := no_runtime_lora.deny with input as setting("True")
	results == {{
		"code": "allowed",
		"msg": "the container vllm may load adapters while it runs",
		"fix": "Take VLLM_ALLOW_RUNTIME_LORA_UPDATING away, and name the adapters with --lora-modules.",
		"path": "/spec/containers/0/env/0",
	}}
}

test_denies_a_variable_from_somewhere_else if {
	codes == {"allowed"} with input as pod({"env": [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "valueFrom": {}}]})
}

test_denies_a_variable_on_a_line_for_a_shell if {
	codes == {"allowed"} with input as pod({"command": ["sh", "-c", "VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 vllm serve x"]})
}

test_denies_a_server_whose_variables_nobody_sees if {
	hidden := {"envFrom": [{"configMapRef": {"name": "x"}}]}
	results := no_runtime_lora.deny with input as pod(object.union(hidden, {"image": "vLLM/vllm-openai:v0.9"}))
	{[result.code, result.path] | some result in results} == {["hidden", "/spec/containers/0/envFrom"]}
	codes == {"hidden"} with input as pod(object.union(hidden, {"command": ["python", "-m", "vllm.entrypoints"]}))
}

test_denies_a_container_that_cannot_be_read if {
	codes == {"unreadable"} with input as pod({"env": "VLLM_ALLOW_RUNTIME_LORA_UPDATING=1"})
}

test_denies_a_document_without_request if {
	codes == {"unknown"} with input as {"apiVersion": "aiverify.dev/input/v1"}
	codes == {"unknown"} with input as {}
}
