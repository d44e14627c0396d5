"""The demonstration: the files that `aiverify demo` writes and then runs its commands on."""
