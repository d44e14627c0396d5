package hostnamespaces

violation contains {"msg": msg, "details": {}} if {
	not is_update(input.review)
	uses_host_namespace(input.review.object)
	msg := sprintf("sharing the host's namespaces is not allowed: %v", [input.review.object.metadata.name])
}

violation contains {"msg": msg} if {
	some container in input.review.object.spec.containers
	some path in object.get(container, ["securityContext", "capabilities", "add"], [])
	not path in object.get(input.parameters, "allowed", [])
	msg := sprintf("%s adds the capability %s", [container.name, upper(path)])
}

uses_host_namespace(o) if o.spec.hostPID

uses_host_namespace(o) if o.spec.hostIPC

is_update(review) if review.operation == "UPDATE"
