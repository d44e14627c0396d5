package aiverify.pods_test

import data.aiverify.pods

pod(container) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}

asking(workload) := {
	"apiVersion": "aiverify.dev/input/v1",
	"request": {"operation": "CREATE", "namespace": "serving", "object": workload},
}

test_what_is_known if {
	pods.is_known with input as pod({})
	pods.is_known with input as asking(pod({}))
	pods.is_known with input as {"apiVersion": "aiverify.dev/input/v1", "request": null}
	pods.is_known with input as {
		"apiVersion": "aiverify.dev/input/v1",
		"request": {"operation": "DELETE", "object": null},
	}
}

test_what_is_not_known if {
	not pods.is_known with input as {}
	not pods.is_known with input as null
	not pods.is_known with input as {"request": null}
	not pods.is_known with input as {"apiVersion": "aiverify.dev/input/v1"}
	not pods.is_known with input as {"apiVersion": "aiverify.dev/input/v1", "request": {}}
	not pods.is_known with input as asking(null)
	not pods.is_known with input as asking({"kind": "Pod"})
	not pods.is_known with input as {"apiVersion": "v1", "kind": 5}
}

test_a_manifest_cannot_call_itself_no_request if {
	count(pods.containers) == 1 with input as object.union(pod({}), {"request": null})
}

test_what_is_deleted_has_no_containers if {
	pods.containers == {} with input as {
		"apiVersion": "aiverify.dev/input/v1",
		"request": {"operation": "DELETE", "object": pod({})},
	}
}

test_containers_of_every_owner if {
	template := {"spec": {
		"initContainers": [{"name": "a"}],
		"containers": [{"name": "b"}, {"name": "c"}],
		"ephemeralContainers": [{"name": "d"}],
	}}
	every spec in [
		template.spec,
		{"template": template},
		{"jobTemplate": {"spec": {"template": template}}},
		{"leaderWorkerTemplate": {"leaderTemplate": template}},
		{"leaderWorkerTemplate": {"workerTemplate": template}},
		{"rayClusterConfig": {"workerGroupSpecs": [{"template": template}]}},
	] {
		names := [container.name | some container in pods.containers] with input as {
			"apiVersion": "v1",
			"kind": "Any",
			"spec": spec,
		}
		sort(names) == ["a", "b", "c", "d"]
	}
}

test_containers_have_pointers if {
	object.keys(pods.containers) == {"/request/object/spec/containers/0"} with input as asking(pod({}))
	object.keys(pods.containers) == {"/spec/containers/0"} with input as pod({})
}

test_what_has_arguments_is_a_container if {
	object.keys(pods.containers) == {"/spec/predictor/model", "/spec/other"} with input as {
		"apiVersion": "serving.kserve.io/v1beta1",
		"kind": "InferenceService",
		"spec": {"predictor": {"model": {"args": ["--a"]}}, "other": {"env": {"A": "b"}}, "third": {"args": "x"}},
	}
}

test_what_is_said_of_an_object_is_no_container if {
	pods.containers == {} with input as {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"containers": [{}]},
		"status": {"containers": [{}]},
	}
}

test_what_cannot_be_read if {
	every container in [
		5,
		{"args": "--a"},
		{"args": [5]},
		{"command": {}},
		{"env": {"A": "b"}},
		{"env": [{"value": "b"}]},
		{"env": ["A"]},
		{"image": 5},
	] {
		pods.unreadable == {"/spec/containers/0"} with input as pod(container)
	}
	pods.unreadable == {"/spec/containers"} with input as {
		"apiVersion": "v1",
		"kind": "Pod",
		"spec": {"containers": {}},
	}
}

test_what_can_be_read if {
	pods.unreadable == set() with input as pod({
		"image": "a:1",
		"command": ["vllm"],
		"args": [],
		"env": [{"name": "A"}],
		"initContainers": null,
	})
}

test_options_in_both_forms if {
	found := pods.options("/c", {
		"command": ["vllm", "serve", "org/x", "--revision=abc"],
		"args": ["--trust_remote_code", "--port", "80", "--last"],
	})
	[[option.name, option.value] | some option in found] == [
		["--revision", "abc"],
		["--trust-remote-code", ""],
		["--port", "80"],
		["--last", ""],
	]
	[option.path | some option in found] == ["/c/command/3", "/c/args/0", "/c/args/1", "/c/args/3"]
}

test_a_line_for_a_shell_is_taken_apart if {
	found := pods.options("/c", {"command": ["sh", "-c", `cd /x;vllm serve x --trust"-"remote-code&&echo`]})
	[option.name | some option in found] == ["--trust-remote-code"]
}

test_words_that_are_none if {
	pods.words("/c", {"args": "--a", "command": [5]}) == []
	pods.options("/c", {}) == []
}

test_options_of_variables if {
	found := pods.options_of_variables("/c", {"env": [{"name": "A", "value": "--x=1 --y"}, {"name": "B"}]})
	[[option.name, option.path] | some option in found] == [["--x", "/c/env/0"], ["--y", "/c/env/0"]]
}

test_abbreviated_options if {
	pods.is_option({"name": "--trust"}, "--trust-remote-code")
	pods.is_option({"name": "--trust-remote-code"}, "--trust-remote-code")
	not pods.is_option({"name": "--t"}, "--trust-remote-code")
	not pods.is_option({"name": "--trusted"}, "--trust-remote-code")
}

test_variables if {
	found := pods.variables("/c", {"env": [{"name": "A", "value": "b"}, {"name": "C"}, {}, 5]})
	[[item.name, item.value, item.path] | some item in found] == [["A", "b", "/c/env/0"], ["C", null, "/c/env/1"]]
	pods.variables("/c", {"env": {"A": "b"}}) == [{"name": "A", "value": "b", "path": "/c/env/A"}]
	pods.variables("/c", {}) == []
}

test_images if {
	pods.images == {
		"/spec/containers/0/image": "a:1",
		"/spec/volumes/0/image/reference": "b:2",
		"/spec/volumes/1/csi/volumeAttributes/model.csi.modelpack.org~1reference": "c:3",
	} with input as {"apiVersion": "v1", "kind": "Pod", "spec": {
		"containers": [{"image": "a:1"}, {"image": 5}],
		"template": {"metadata": {"labels": {"image": "no"}}},
		"volumes": [
			{"image": {"reference": "b:2"}},
			{"csi": {"volumeAttributes": {"model.csi.modelpack.org/reference": "c:3"}}},
		],
	}}
}

test_the_namespace_of_a_request if {
	pods.namespace == "serving" with input as asking(pod({}))
	pods.namespace_path == "/request/namespace" with input as asking(pod({}))
	pods.is_placed with input as asking(pod({}))
}

test_the_namespace_of_a_manifest if {
	workload := object.union(pod({}), {"metadata": {"namespace": "models"}})
	pods.namespace == "models" with input as workload
	pods.namespace_path == "/metadata/namespace" with input as workload
	pods.namespace == "default" with input as pod({})
	pods.is_placed with input as pod({})
}

test_what_is_in_no_namespace if {
	not pods.is_placed with input as object.union(asking(pod({})), {"request": {"namespace": ""}})
	not pods.is_placed with input as {}
}

test_references if {
	pods.references == [{"uri": "hf://a"}] with input as {"request": {"references": [{"uri": "hf://a"}]}}
	pods.references == [] with input as {}
}
