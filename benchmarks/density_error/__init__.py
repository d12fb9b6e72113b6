"""The error over the density of the targets."""
