"""What the tests, the fault campaign and the benchmarks share: a real PostgreSQL, processes, a queue."""
