"""The peers' side of bench/boosting.ts: the same file, one core, equal settings; prints JSON."""
import argparse
import json
import resource
import time

import numpy as np
from sklearn.metrics import accuracy_score, log_loss

FEATURES = 28
TEST_ROWS = 20_000

parser = argparse.ArgumentParser()
parser.add_argument("--peer", required=True)
parser.add_argument("--file", required=True)
parser.add_argument("--trees", type=int, default=50)
parser.add_argument("--leaves", type=int, default=255)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

with open(args.file, "rb") as file:
    rows = int(np.fromfile(file, "<u4", 1)[0])
    columns = np.fromfile(file, "<f4", rows * FEATURES).reshape(FEATURES, rows)
    classes = np.fromfile(file, "u1", rows)
X = np.ascontiguousarray(columns.T)
del columns
train = rows - TEST_ROWS


def lightgbm_model():
    import lightgbm

    return lightgbm.LGBMClassifier(
        n_estimators=args.trees, num_leaves=args.leaves, learning_rate=0.1, max_bin=255,
        min_child_samples=20, reg_lambda=0, n_jobs=1, random_state=args.seed, verbose=-1)


def sklearn_model():
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=args.trees, max_leaf_nodes=args.leaves, learning_rate=0.1, max_bins=255,
        min_samples_leaf=20, early_stopping=False, random_state=args.seed)


model = {"lightgbm": lightgbm_model, "sklearn": sklearn_model}[args.peer]()
begin = time.perf_counter()
begin_cpu = time.process_time()
model.fit(X[:train], classes[:train])
fit_cpu = time.process_time() - begin_cpu
fitted = time.perf_counter()
said = model.predict_proba(X[train:])
print(json.dumps({
    "name": args.peer,
    "fitSeconds": fitted - begin,
    "fitCpuSeconds": fit_cpu,
    "logLoss": log_loss(classes[train:], said),
    "accuracy": accuracy_score(classes[train:], said.argmax(1)),
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
