"""What the benchmarks share: load generators, the platform's processes, and how a result is printed."""
