package terraform.plan

# Everything that a plan makes, however deep its modules are nested.
resources contains resource if {
	walk(input.planned_values, [path, value])
	path[count(path) - 2] == "resources"
	resource := value
}

score := total if {
	total := sum([weight |
		some change in input.resource_changes
		some action in change.change.actions
		weight := object.get(data.weights, action, 1)
	])
}

violation contains {"msg": msg, "details": {"score": score}} if {
	score > data.limit
	msg := sprintf("the plan changes too much: %d of %d", [score, data.limit])
}

deny_public contains msg if {
	some resource in resources
	resource.type == "bucket"
	resource.values.acl in {"public-read", "public-read-write"}
	msg := sprintf("%s can be read by everybody", [resource.address])
}

warn_untagged contains msg if {
	some resource in resources
	tags := object.get(resource, ["values", "tags"], {})
	every key in object.keys(tags) {
		not startswith(key, "team")
	}
	msg := sprintf("%s belongs to no team", [resource.address])
}
