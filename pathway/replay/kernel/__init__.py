"""The columnar executor: the rules of `pathway/tracking`, over columns of numbers, compiled by numba.

`pathway/tracking` says what is right; this says the same a hundred times faster. The modules carry the names of those that they
mirror. `layout` holds the shape of the tables, `jit` how functions are compiled and where the result is kept.
"""
