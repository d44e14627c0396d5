# METADATA
# title: Workloads
# description: >-
#   Looking into what a cluster is asked to run: the object of the request, or a Kubernetes object
#   that is judged as it is. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.pods

import data.aiverify.lib

is_document if input.apiVersion == "aiverify.dev/input/v1"

# Whether the document says what is asked for, or that nothing is: outside of a cluster, and
# when something is deleted.
is_known if is_object(workload)

is_known if {
	is_document
	object.get(input, "request", 0) == null
}

is_known if is_deletion

is_deletion if {
	is_document
	input.request.operation == "DELETE"
}

# The parts of the path to the Kubernetes object.
place := ["request", "object"] if {
	is_document
} else := []

# The Kubernetes object; null if there is none.
workload := asked if {
	asked := lib.at(place)
	not is_deletion
	is_text(lib.member(asked, "apiVersion"))
	is_text(lib.member(asked, "kind"))
} else := null

is_text(value) if lib.is_text(value)

# Whether the workload is in a namespace: the request for one that is in none says so.
is_placed if {
	is_object(workload)
	not is_of_the_cluster
}

is_of_the_cluster if {
	is_document
	input.request.namespace == ""
}

# Where the namespace is said: by the request, and otherwise by the object.
namespace_path := lib.pointer(path) if {
	path := ["request", "namespace"]
	is_document
	is_text(lib.at(path))
} else := lib.pointer(array.concat(place, ["metadata", "namespace"]))

namespace := name if {
	is_document
	name := lib.at(["request", "namespace"])
	is_text(name)
} else := name if {
	name := lib.member(workload, ["metadata", "namespace"])
	is_text(name)
} else := "default"

# What is said of the object is not what it runs.
body := object.remove(lib.members(workload), ["metadata", "status"])

holders := {"containers", "initContainers", "ephemeralContainers"}

# Every container by the JSON pointer to it. They lie in a Pod, and in whatever owns one however
# deep: a Deployment, a CronJob, a LeaderWorkerSet, a resource that somebody else defined. What
# has arguments or an environment of its own counts too, as a model server of KServe does.
containers[path] := container if {
	walk(body, [parts, container])
	is_object(container)
	is_container(parts, container)
	path := lib.pointer(array.concat(place, parts))
}

is_container(parts, _) if parts[count(parts) - 2] in holders

is_container(_, value) if {
	some key in ["args", "command", "env"]
	value[key]
	not is_string(value[key])
}

# What cannot be read, by the JSON pointer to it.
unreadable contains lib.pointer(array.concat(place, parts)) if {
	walk(body, [parts, value])
	parts[count(parts) - 1] in holders
	value != null
	not is_array(value)
}

unreadable contains lib.pointer(array.concat(place, parts)) if {
	walk(body, [parts, value])
	parts[count(parts) - 2] in holders
	is_number(parts[count(parts) - 1])
	not is_readable(value)
}

is_readable(container) if {
	is_object(container)
	every key in ["command", "args"] {
		are_words(lib.member(container, key))
	}
	are_variables(lib.member(container, "env"))
	is_text_or_null(lib.member(container, "image"))
}

is_text_or_null(value) if is_string(value)

is_text_or_null(value) if value == null

are_words(value) if value == null

are_words(value) if {
	is_array(value)
	every word in value {
		is_string(word)
	}
}

are_variables(value) if value == null

are_variables(value) if {
	is_array(value)
	every variable in value {
		is_text(lib.member(variable, "name"))
	}
}

# The words of a container's command line, each with the JSON pointer to it. A word that a shell
# would take apart is taken apart.
words(path, container) := [{"text": text, "path": lib.pointer_below(path, [key, index])} |
	some key in ["command", "args"]
	some index, word in lib.items(lib.member(container, key))
	is_string(word)
	some text in split_words(word)
]

split_words(text) := [word |
	some part in regex.split(`[ \t\r\n;&|()<>]+`, text)
	word := strings.replace_n({`"`: "", `'`: "", `\`: ""}, part)
	word != ""
]

# The options on the command line: `--name=value`, `--name value`, `--name`. Underscores are
# dashes to vLLM.
options(path, container) := options_in(words(path, container))

options_in(all) := [{"name": name, "value": value[0], "value_path": value[1], "is_joined": contains(word.text, "="), "path": word.path} |
	some index, word in all
	startswith(word.text, "--")
	name := replace(split(word.text, "=")[0], "_", "-")
	value := value_at(all, index)
]

# The value, and where it stands.
value_at(all, index) := [substring(word.text, indexof(word.text, "=") + 1, -1), word.path] if {
	word := all[index]
	contains(word.text, "=")
} else := [next.text, next.path] if {
	next := all[index + 1]
	not startswith(next.text, "--")
} else := ["", all[index].path]

# The options that variables hold: a command line can name them.
options_of_variables(path, container) := [option |
	some variable in variables(path, container)
	is_string(variable.value)
	some option in options_in([{"text": text, "path": variable.path} | some text in split_words(variable.value)])
]

# The variables of a container's environment: a list in Kubernetes, an object elsewhere. The
# value of one that is taken from somewhere else is null.
variables(path, container) := array.concat(
	[{"name": variable.name, "value": lib.member(variable, "value"), "path": lib.pointer_below(path, ["env", index])} |
		some index, variable in lib.items(lib.member(container, "env"))
		is_text(lib.member(variable, "name"))
	],
	[{"name": name, "value": value, "path": lib.pointer_below(path, ["env", name])} |
		some name, value in lib.members(lib.member(container, "env"))
	],
)

# Every image that is named, of containers and of volumes, by the JSON pointer to it.
images[path] := value if {
	walk(body, [parts, value])
	is_string(value)
	is_image(parts)
	not "metadata" in parts
	path := lib.pointer(array.concat(place, parts))
}

is_image(parts) if parts[count(parts) - 1] in {"image", "model.csi.modelpack.org/reference"}

is_image(parts) if array.slice(parts, count(parts) - 2, count(parts)) == ["image", "reference"]

# Whether an option is the one of that name, or an abbreviation that argparse takes for it.
is_option(option, name) if {
	startswith(name, option.name)
	count(option.name) > 3
}

# The references to models that were found in the request.
references := lib.list_at(["request", "references"])
