"""Frozen values that every other package exchanges. Nothing in here touches a file or a socket."""
