"""What aiverify costs: time and memory, beside the reference implementation. `make bench`."""
