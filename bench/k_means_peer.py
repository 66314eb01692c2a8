"""scikit-learn's side of bench/k-means-accuracy.ts.

Reads one JSON object from standard input: columns of numbers (missing as null) or of level codes
(missing as null), and the settings. Scales the numbers, puts the mean for missing ones, makes a
column of each level, and fits k-means from the first k distinct rows and from k-means++.
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.cluster import KMeans

job = json.load(sys.stdin)
numbers, levels, raw = [], [], []
for column in job["columns"]:
    values = np.array(column["values"], dtype=np.float64)
    raw.append(values)
    if column["levels"] is None:
        mean = np.nanmean(values)
        scale = 1.0 if job["raw"] else np.nanstd(values) or 1.0
        numbers.append(np.nan_to_num((values - mean) / scale))
    else:
        hot = values[:, None] == np.arange(column["levels"])[None, :]
        levels.append(hot.astype(np.float64))
X = np.ascontiguousarray(np.column_stack(numbers + levels))
rows = np.column_stack(raw)
first, seen = [], set()
for i, row in enumerate(rows):
    if len(first) == max(job["ks"]):
        break
    key = row.tobytes()
    if key not in seen:
        seen.add(key)
        first.append(i)
settings = dict(n_init=1, tol=job["tolerance"], max_iter=job["maxRounds"], algorithm="lloyd")
out = {"version": f"scikit-learn {sklearn.__version__}", "first": [], "spread": []}
for k in job["ks"]:
    begin = time.process_time()
    fitted = KMeans(k, init=X[first[:k]], **settings).fit(X)
    cpu = time.process_time() - begin
    out["first"].append({"inertia": fitted.inertia_, "rounds": fitted.n_iter_, "cpuSeconds": cpu})
    spread = [KMeans(k, random_state=s, **settings).fit(X).inertia_ for s in range(job["starts"])]
    out["spread"].append(float(np.mean(spread)))
print(json.dumps(out))
