"""Passes over many targets, block by block."""

# Targets per block: enough that NumPy's overhead vanishes, few enough for temporary arrays to stay
# in the cache.
BLOCK = 1 << 14
