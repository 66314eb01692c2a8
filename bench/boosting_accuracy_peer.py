"""LightGBM's and scikit-learn's side of bench/boosting-accuracy.ts; JSON in, JSON out."""
import json
import sys
import time

import lightgbm
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score

job = json.load(sys.stdin)
y = np.array(job["target"])
X = np.column_stack([np.array(c["values"], dtype=np.float64) for c in job["columns"]])
unordered = [i for i, c in enumerate(job["columns"]) if c["unordered"]]
regression = job["kind"] == "regression"


def peer_lightgbm():
    kind = lightgbm.LGBMRegressor if regression else lightgbm.LGBMClassifier
    return kind(n_estimators=job["trees"], num_leaves=job["leaves"], learning_rate=0.1,
                min_child_samples=20, reg_lambda=1, n_jobs=1, verbose=-1)


def peer_sklearn():
    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    return kind(max_iter=job["trees"], max_leaf_nodes=job["leaves"], learning_rate=0.1,
                min_samples_leaf=20, l2_regularization=1, early_stopping=False,
                categorical_features=unordered or None)


results = {"lightgbm": [], "sklearn": []}
for rows in job["tests"]:
    test = np.zeros(len(y), dtype=bool)
    test[rows] = True
    for name, make in (("lightgbm", peer_lightgbm), ("sklearn", peer_sklearn)):
        model = make()
        begin = time.process_time()
        if name == "lightgbm":
            model.fit(X[~test], y[~test], categorical_feature=unordered or "auto")
        else:
            model.fit(X[~test], y[~test])
        cpu = time.process_time() - begin
        said = model.predict(X[test])
        if regression:
            score, loss = r2_score(y[test], said), mean_squared_error(y[test], said) ** 0.5
        else:
            score = accuracy_score(y[test], said)
            loss = log_loss(y[test], model.predict_proba(X[test]))
        results[name].append({"score": score, "loss": loss, "cpuSeconds": cpu})
print(json.dumps(results))
