"""eBPF objects: programs that a kernel runs, and the maps through which they are spoken to."""
