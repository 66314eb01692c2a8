"""scikit-learn's side of bench/linear-accuracy.ts.

Reads one JSON object from standard input: feature columns (numbers, or level codes with the number
of levels; missing as null), the target, the penalties and the test rows. Encodes by itself: numbers
standardised over the training rows with missing at the mean, one column for each level. Fits to the
optimum and prints scores. Penalties are those of learners/linear/linear-params.ts.
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, r2_score

job = json.load(sys.stdin)
y = np.array(job["target"])
test = np.zeros(len(y), dtype=bool)
test[job["test"]] = True
parts = []
for column in job["columns"]:
    values = np.array(column["values"], dtype=np.float64)
    if column["levels"] > 0:
        parts.append(values[:, None] == np.arange(column["levels"])[None, :])
        continue
    known = values[~test]
    mean, scale = np.nanmean(known), np.nanstd(known)
    scaled = (values - mean) / (scale if scale > 0 else 1)
    parts.append(np.nan_to_num(scaled)[:, None])
X = np.hstack([part.astype(np.float64) for part in parts])
l1, l2 = job["l1"], job["l2"]
rows = int((~test).sum())
begin = time.process_time()
if job["kind"] == "regression":
    model = Lasso(alpha=l1 / rows, tol=1e-8, max_iter=100000) if l1 > 0 else Ridge(alpha=l2)
elif l1 > 0:
    model = LogisticRegression(
        C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), solver="saga", tol=1e-6, max_iter=2000
    )
else:
    model = LogisticRegression(C=1 / l2, tol=1e-7, max_iter=10000)
model.fit(X[~test], y[~test])
cpu = time.process_time() - begin
scores = {"version": f"scikit-learn {sklearn.__version__}", "cpuSeconds": cpu}
if job["kind"] == "regression":
    scores["r2"] = r2_score(y[test], model.predict(X[test]))
else:
    scores["trainLogLoss"] = log_loss(y[~test], model.predict_proba(X[~test]))
    scores["testLogLoss"] = log_loss(y[test], model.predict_proba(X[test]))
    scores["accuracy"] = accuracy_score(y[test], model.predict(X[test]))
    scores["iterations"] = int(np.max(model.n_iter_))
print(json.dumps(scores))
