"""Where the paper's repository is: files of one commit, which do not change."""

COMMIT = (
    "https://raw.githubusercontent.com/YyzHarry/imbalanced-regression/"
    "a6fdc45d45c04e6f5c40f43925bc66e580911084"
)
