"""scikit-learn's side of bench/forest.ts: the same file, one core, equal settings; prints JSON."""
import argparse
import json
import resource
import time

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, roc_auc_score

FEATURES = 28
TEST_ROWS = 20_000

parser = argparse.ArgumentParser()
parser.add_argument("--file", required=True)
parser.add_argument("--trees", type=int, default=100)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--jobs", type=int, default=1)
args = parser.parse_args()

with open(args.file, "rb") as file:
    rows = int(np.fromfile(file, "<u4", 1)[0])
    columns = np.fromfile(file, "<f4", rows * FEATURES).reshape(FEATURES, rows)
    classes = np.fromfile(file, "u1", rows)
X = np.ascontiguousarray(columns.T)
del columns
train = rows - TEST_ROWS

forest = RandomForestClassifier(
    n_estimators=args.trees, max_features="sqrt", random_state=args.seed, n_jobs=args.jobs
)
begin = time.perf_counter()
begin_cpu = time.process_time()
forest.fit(X[:train], classes[:train])
fitted = time.perf_counter()
fit_cpu = time.process_time() - begin_cpu
probabilities = forest.predict_proba(X[train:])
done = time.perf_counter()
print(json.dumps({
    "version": f"scikit-learn {sklearn.__version__}",
    "fitSeconds": fitted - begin,
    "fitCpuSeconds": fit_cpu,
    "predictSeconds": done - fitted,
    "accuracy": accuracy_score(classes[train:], probabilities.argmax(1)),
    "auc": roc_auc_score(classes[train:], probabilities[:, 1]),
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
