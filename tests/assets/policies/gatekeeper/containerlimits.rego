package containerlimits

missing(obj, field) if not obj[field]

missing(obj, field) if obj[field] == ""

# CPU in thousandths of a core.
canonical_cpu(given) := given * 1000 if is_number(given)

canonical_cpu(given) := number if {
	not is_number(given)
	endswith(given, "m")
	number := to_number(replace(given, "m", ""))
}

canonical_cpu(given) := number * 1000 if {
	not is_number(given)
	not endswith(given, "m")
	regex.match(`^[0-9]+(\.[0-9]+)?$`, given)
	number := to_number(given)
}

multiple := {"": 1, "k": 1000, "M": 1000000, "Ki": 1024, "Mi": 1048576, "Gi": 1073741824}

canonical_memory(given) := number * multiple[suffix] if {
	found := regex.find_all_string_submatch_n(`^([0-9]+)([A-Za-z]*)$`, given, 1)
	[[_, digits, suffix]] := found
	number := to_number(digits)
}

violation contains {"msg": msg} if {
	some container in containers
	some resource in {"cpu", "memory"}
	missing(object.get(container, ["resources", "limits"], {}), resource)
	msg := sprintf("container <%v> has no %v limit", [container.name, resource])
}

violation contains {"msg": msg} if {
	some container in containers
	given := container.resources.limits.cpu
	canonical_cpu(given) > canonical_cpu(input.parameters.cpu)
	msg := sprintf("container <%v> cpu limit <%v> is above %v", [container.name, given, input.parameters.cpu])
}

violation contains {"msg": msg} if {
	some container in containers
	given := container.resources.limits.memory
	not canonical_memory(given)
	msg := sprintf("container <%v> memory limit <%v> is no quantity", [container.name, given])
}

violation contains {"msg": msg} if {
	some container in containers
	given := container.resources.limits.memory
	canonical_memory(given) > canonical_memory(input.parameters.memory)
	msg := sprintf("container <%v> memory limit <%v> is above %v", [container.name, given, input.parameters.memory])
}

containers contains container if {
	some kind in ["containers", "initContainers"]
	some container in input.review.object.spec[kind]
}
