"""The distribution of a target: histogram, effective density and weights."""
