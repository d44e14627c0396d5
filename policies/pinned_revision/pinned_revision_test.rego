package aiverify.pinned_revision_test

import data.aiverify.pinned_revision

commit := "0123456789abcdef0123456789abcdef01234567"

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

pod(arguments) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "vllm", "args": arguments}]}}

request(references) := {"apiVersion": "aiverify.dev/input/v1", "request": {
	"object": pod(["--model", "org/x", "--revision", commit]),
	"references": references,
}}

codes contains result.code if some result in pinned_revision.deny

test_allows_a_repository_with_a_commit if {
	codes == set() with input as pod(["--model", "org/x", "--revision", commit])
	codes == set() with input as pod(["serve", "org/x", sprintf("--revision=%s", [commit])])
	codes == set() with input as pod([sprintf("--model-id=org/x@%s", [commit])])
	codes == set() with input as pod(["--tokenizer", "org/x", "--tokenizer-revision", commit])
}

test_allows_a_path if {
	codes == set() with input as pod(["--model", "/models/llama", "--tokenizer=./tokenizer", "--model-name=llama"])
	codes == set() with input as pod(["serve", "--help"])
}

test_allows_references_that_are_pinned if {
	codes == set() with input as request([
		{"uri": sprintf("oci://registry.example.com/llama@%s", [digest]), "path": "/spec/volumes/0"},
		{"uri": sprintf("hf://org/x@%s", [commit]), "path": "/spec/containers/0/args/1"},
		{"uri": sprintf("hf://org/x:%s", [commit]), "path": ""},
		{"uri": "pvc://claim/llama", "path": "/spec/volumes/1"},
	])
}

test_allows_a_reference_beside_its_revision if {
	codes == set() with input as request([{"uri": "hf://org/x", "path": "/spec/containers/0/args/1"}])
	codes == set() with input as request([{"uri": "org/x", "path": "/request/object/spec/containers/0/args/1"}])
}

test_allows_what_is_asked_outside_of_a_cluster if {
	codes == set() with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
}

test_denies_a_repository_alone if {
	results := pinned_revision.deny with input as pod(["--model", "org/x"])
	results == {{
		"code": "not_pinned",
		"msg": "the container vllm names org/x, which can mean another model tomorrow",
		"fix": "Give the full commit with --revision, or mount the model by its digest.",
		"path": "/spec/containers/0/args/1",
	}}
}

test_denies_a_branch if {
	every arguments in [
		["--model", "org/x", "--revision", "main"],
		["--model", "org/x", "--revision", commit, "--revision=main"],
		["--model", "org/x", "--revision", commit, "--rev=main"],
		["--model", "org/x", "--tokenizer-revision", commit],
		["vllm", "serve", "org/x"],
		["sh", "-c", "vllm serve $(MODEL)"],
		["--model-name=org/x"],
		["--model"],
	] {
		codes == {"not_pinned"} with input as pod(arguments)
	}
}

test_denies_a_model_in_a_variable if {
	results := pinned_revision.deny with input as {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{
		"env": [{"name": "HF_MODEL_ID", "value": "org/x"}],
	}]}}
	{result.path | some result in results} == {"/spec/containers/0/env/0"}
}

test_denies_a_reference_that_can_move if {
	results := pinned_revision.deny with input as request([
		{"uri": "oci://registry.example.com/llama:v1", "path": "/spec/volumes/0"},
		{"uri": "hf://org/y", "path": "/spec/containers/0/args/1"},
		{"uri": "https://example.com/llama", "path": 5},
		{},
	])
	{[result.code, result.path] | some result in results} == {
		["reference", "/request/object/spec/volumes/0"],
		["reference", "/request/object/spec/containers/0/args/1"],
		["reference", "/request/references/2"],
		["reference", "/request/references/3"],
	}
}

test_denies_a_container_that_cannot_be_read if {
	codes == {"unreadable"} with input as pod("--model org/x")
}

test_denies_a_document_without_request if {
	codes == {"unknown"} with input as {"apiVersion": "aiverify.dev/input/v1"}
	codes == {"unknown"} with input as {}
}
