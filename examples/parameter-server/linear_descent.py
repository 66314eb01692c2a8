"""What one slice adds to a round of linear-descent@1: the same bits as linear-descent.ts gives.

Every sum runs in the order of the rows with one addition after the other (`cumsum` adds so, `sum`
does not), and a product is rounded before it is added.
"""

import numpy as np
import tensors

LEARNER = "linear-descent@1"


def _mix(x):
    x = (x ^ x >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    x = (x ^ x >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return x ^ x >> np.uint32(16)


def rows_in(split, first, count):
    """Which rows of the data set, from `first` on, belong to the split (docs/protocol.md, Data)."""
    if split["kind"] == "all":
        return np.ones(count, bool)
    row = np.arange(first, first + count, dtype=np.uint64)
    seed = np.full(count, split["seed"] ^ 0x9E3779B9, np.uint32)
    low, high = row.astype(np.uint32), (row >> np.uint64(32)).astype(np.uint32)
    found = _mix(_mix(_mix(seed) ^ low) + high)
    if split["kind"] == "holdout":
        test = found < split["fraction"] * 2.0**32
    else:
        test = found % np.uint32(split["folds"]) == split["fold"]
    return test == (split["part"] == "test")


def prepare(columns, target, mask):
    """Rows of the split that have a target, a column each; a missing value counts as zero."""
    mask = mask & ~np.isnan(target)
    return [np.where(np.isnan(values), 0.0, values)[mask] for values in columns], target[mask]


def _sum(values):
    return 0.0 + np.cumsum(values)[-1] if len(values) else 0.0


def contribute(state, prepared):
    parameters, (columns, target) = tensors.read(state), prepared
    predicted = np.full(len(target), parameters["b"])
    for weight, values in zip(parameters["W"], columns, strict=True):
        predicted = predicted + weight * values
    error = predicted - target
    return {
        "W": np.array([_sum(error * values) for values in columns]),
        "b": _sum(error),
        "loss": _sum(error * error),
        "rows": float(len(target)),
    }


def combine(left, right):
    return {name: left[name] + right[name] for name in left}
