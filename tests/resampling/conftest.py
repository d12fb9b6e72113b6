"""Reference values of the R package UBL, and data that tests share."""

import gzip
import json

import numpy as np
import pytest

from skdir.utils._containers.rows import Rows


def read(shared, name):
    with gzip.open(shared / "reference" / f"resampling_sim_{name}.json.gz") as file:
        return json.load(file)


@pytest.fixture(scope="session", params=["multi", "mixed_hightail"])
def ubl(shared, request):
    """Return the data and runs of one of the two recorded sets."""
    return read(shared, request.param)


class RecordedBump:
    """One bump of a recorded run: our rows of it, and what UBL made of them."""

    def __init__(self, dataset, generator):
        columns, data = dataset["columns"], dataset["data"]
        row = {name: i for i, name in enumerate(dataset["row_names"])}
        rows = [row[name] for name in generator["seed_row_names"]]
        levels = dataset["levels"]
        if not isinstance(levels, dict):
            levels = {}
        self.numeric = [name for name in columns if name != "y" and name not in levels]
        self.categorical = [name for name in columns if name in levels]
        numeric = np.column_stack([np.array(data[name])[rows] for name in self.numeric])
        codes = np.empty((len(rows), len(self.categorical)), dtype=np.intp)
        for j, name in enumerate(self.categorical):
            codes[:, j] = [levels[name].index(data[name][i]) for i in rows]
        self.rows = Rows(numeric, codes, np.zeros(len(self.numeric), dtype=bool))
        self.y = np.array(data["y"])[rows]
        self.nearest = np.array(generator["kNNs_1based"]) - 1
        self.max_distance = np.array(generator.get("maxDM", []), dtype=float)
        made = generator["synthetic"]
        self.seeds = np.array(made["seed_1based"]) - 1
        self.neighbors = np.array(made["neighbour_1based"]) - 1
        self.share = np.array(made["r"], dtype=float)
        self.interpolated = np.array(made["is_interpolation"])
        made = np.array(made["newM"], dtype=float)
        place = {name: i for i, name in enumerate(generator["columns_in_newM"])}
        self.new_numeric = made[:, [place[name] for name in self.numeric]]
        self.new_codes = made[:, [place[name] for name in self.categorical]].astype(int) - 1
        self.new_y = made[:, place["y"]]


def recorded_bumps(reference):
    """Return the recorded bumps by run."""
    return {
        name: [RecordedBump(reference["dataset"], g) for g in run["seed1"]["generators"]]
        for name, run in reference["runs"].items()
        if name.startswith(("Smote", "SMOGN"))
    }


@pytest.fixture(scope="session")
def recorded(ubl):
    """Return the recorded bumps of one of the two sets, by run."""
    return recorded_bumps(ubl)


@pytest.fixture(scope="session")
def mixed(shared):
    """Return the recorded bumps of the set with categorical features, by run.

    Only there UBL measured distances on scaled features, as we do.
    """
    return recorded_bumps(read(shared, "mixed_hightail"))
