"""Side by side with other scanners, each in an environment of its own, over one corpus."""
