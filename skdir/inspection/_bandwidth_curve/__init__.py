"""The errors over the bandwidth, from a search by cross-validation."""
