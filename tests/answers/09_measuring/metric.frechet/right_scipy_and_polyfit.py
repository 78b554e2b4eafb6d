# scipy's matrix root, numpy's polyfit
import numpy as np


def frechet_terms(x, y):
    x, y = x.double().cpu().numpy(), y.double().cpu().numpy()
    D = x.shape[1]
    cx, cy = np.cov(x.T).reshape(D, D), np.cov(y.T).reshape(D, D)
    w, v = np.linalg.eigh(cx)
    half = (v * np.sqrt(np.maximum(w, 0))) @ v.T
    inner = half @ cy @ half
    root = np.sqrt(np.maximum(np.linalg.eigvals(inner).real, 0)).sum()
    diff = x.mean(0) - y.mean(0)
    return {"means": float(diff @ diff), "traces": float(np.trace(cx) + np.trace(cy)), "root": float(root)}


def frechet_limit(sizes, values):
    return float(np.polyfit(1 / sizes.cpu().numpy(), values.double().cpu().numpy(), 1)[1])
