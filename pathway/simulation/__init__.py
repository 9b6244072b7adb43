"""Made-up populations and their logs, from a pathway file and a seed: for demonstrations, tests and benchmarks."""
