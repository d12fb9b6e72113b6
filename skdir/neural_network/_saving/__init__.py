"""Files of fitted regressors: tensors, settings and the network."""
