"""Risks of a break that a text already contains, found without any patient. One check a file; their order is `table.CHECKS`."""
