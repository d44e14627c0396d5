"""ELF: programs, libraries, and objects for a linker or a kernel (System V ABI, chapters 4, 5)."""
