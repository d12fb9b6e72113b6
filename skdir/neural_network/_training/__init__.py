"""The training of a deep regressor: inputs, network, fit and callbacks."""
