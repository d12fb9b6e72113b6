"""The run of a comparison: tasks, scores and what they are collected in."""
