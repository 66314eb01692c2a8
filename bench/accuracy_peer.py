"""scikit-learn's side of bench/accuracy.ts.

Reads one JSON object from standard input: feature columns as numbers (categories as ordinal codes
in sorted order, missing as null, which scikit-learn's trees handle themselves as NaN), the target,
and for each seed the test rows. Fits the forest with equal settings and prints the score per seed.
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.metrics import accuracy_score, r2_score

job = json.load(sys.stdin)
X = np.array(job["columns"], dtype=np.float64).T
y = np.array(job["target"])
scores = []
out_of_bag = []
cpu = 0.0
for seed, held_out in zip(job["seeds"], job["test"]):
    test = np.zeros(len(y), dtype=bool)
    test[held_out] = True
    settings = dict(
        n_estimators=job["trees"],
        max_features=job["featuresPerNode"],
        random_state=seed,
        n_jobs=job["jobs"],
    )
    regression = job["kind"] == "regression"
    if job["splitter"] == "random":
        kind = ExtraTreesRegressor if regression else ExtraTreesClassifier
    else:
        kind = RandomForestRegressor if regression else RandomForestClassifier
        settings["oob_score"] = job["outOfBag"]
    if job["classWeight"] == "balanced" and not regression:
        settings["class_weight"] = "balanced"
    begin = time.process_time()
    forest = kind(**settings).fit(X[~test], y[~test])
    cpu += time.process_time() - begin
    score = r2_score if job["kind"] == "regression" else accuracy_score
    scores.append(score(y[test], forest.predict(X[test])))
    if job["outOfBag"]:
        out_of_bag.append(forest.oob_score_)
print(json.dumps({
    "version": f"scikit-learn {sklearn.__version__}",
    "scores": scores,
    "outOfBag": out_of_bag,
    "fitCpuSeconds": cpu / len(scores),
}))
