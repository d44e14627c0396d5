package main

import data.kubernetes

deny contains msg if {
	kubernetes.is_deployment
	not input.spec.template.spec.securityContext.runAsNonRoot
	msg := sprintf("the containers of Deployment %s may run as root", [kubernetes.name])
}

deny contains msg if {
	kubernetes.is_deployment
	missing := kubernetes.wanted_labels - {label | some label, _ in input.spec.selector.matchLabels}
	count(missing) > 0
	msg := sprintf("Deployment %s selects by no label of %s", [
		kubernetes.name,
		concat(", ", sort([label | some label in missing])),
	])
}

warn contains msg if {
	kubernetes.is_service
	msg := sprintf("Service %s: are services wanted here?", [kubernetes.name])
}
