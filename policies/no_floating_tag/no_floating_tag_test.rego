package aiverify.no_floating_tag_test

import data.aiverify.no_floating_tag

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

pod(image) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": image}]}}

codes contains result.code if some result in no_floating_tag.deny

test_allows_a_digest if {
	codes == set() with input as pod(sprintf("registry.example.com:5000/vllm@%s", [digest]))
	codes == set() with input as pod(sprintf("vllm:latest@%s", [digest]))
}

test_allows_the_tag_of_a_version if {
	codes == set() with input as pod("registry.example.com:5000/vllm:v0.9.1")
	codes == set() with input as pod("vllm:latest") with data.config.images.floating as ["dev"]
}

test_allows_what_is_asked_outside_of_a_cluster if {
	codes == set() with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
}

test_denies_a_floating_tag if {
	results := no_floating_tag.deny with input as pod("vllm/vllm-openai:latest")
	results == {{
		"code": "floating",
		"msg": "the image vllm/vllm-openai:latest can be another one tomorrow",
		"fix": "Name the image by its digest, or by the tag of a version.",
		"path": "/spec/containers/0/image",
	}}
}

test_denies_an_image_without_tag if {
	codes == {"floating"} with input as pod("vllm")
	codes == {"floating"} with input as pod("registry.example.com:5000/vllm")
	codes == {"floating"} with input as pod("vllm@sha512:ab")
	codes == {"floating"} with input as pod("")
}

test_denies_a_volume_and_a_reference if {
	results := no_floating_tag.deny with input as {"apiVersion": "aiverify.dev/input/v1", "request": {
		"object": {
			"apiVersion": "v1",
			"kind": "Pod",
			"spec": {"volumes": [{"image": {"reference": "registry.example.com/llama:main"}}]},
		},
		"references": [
			{"uri": "oci://registry.example.com/llama:latest"},
			{"uri": "oci://registry.example.com/llama:v1"},
			{"uri": "hf://org/x"},
			{"uri": 5},
			5,
		],
	}}
	{result.path | some result in results} == {
		"/request/object/spec/volumes/0/image/reference",
		"/request/references/0",
	}
}

test_denies_a_container_that_cannot_be_read if {
	codes == {"unreadable"} with input as pod(5)
}

test_denies_a_document_without_request if {
	codes == {"unknown"} with input as {"apiVersion": "aiverify.dev/input/v1"}
	codes == {"unknown"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured"} with input as pod("vllm:v1") with data.config.images.floating as []
}
