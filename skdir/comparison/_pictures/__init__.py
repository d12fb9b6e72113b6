"""Pictures of the results of a comparison."""
