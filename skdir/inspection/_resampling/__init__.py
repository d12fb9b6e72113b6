"""The target and two features before and after a sampler."""
