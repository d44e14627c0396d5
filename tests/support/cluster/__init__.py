"""A Kubernetes API server with its etcd, on loopback: no nodes, no scheduler, no controllers."""
