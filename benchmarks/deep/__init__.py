"""Deep regression: strategies, losses and settings of FDS."""
