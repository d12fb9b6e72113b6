"""The report on a target: its summary, and what is read out of it."""
