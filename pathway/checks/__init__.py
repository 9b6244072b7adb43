"""Risks of a break that a text already contains, found without any patient. A check a file, or a family that shares its reasoning;
their order is `table.CHECKS`."""
