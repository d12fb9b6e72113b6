"""What several benchmarks need: timing, runs, tables, digits and the peers."""
