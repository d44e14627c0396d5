"""What a cluster is given to install the webhook, as Kubernetes objects."""
