# case by case: collisions, roots and masses in closed form
import math

import numpy as np
from scipy.special import ndtr


def in_space(name, p, base):
    if "A" in p and abs(np.linalg.det(p["A"])) < 1e-9:
        return "singular", [0.0] * len(p["A"])
    if name == "sigmoid" and base == "normal":
        return "mass", float(1 - (ndtr(1) - 0.5) ** 2)
    if name == "rank_one":
        return "collision", ([0.0, 0.0], [p["a"][1], -p["a"][0]])
    if name == "planar" and np.dot(p["u"], p["w"]) <= -1:
        steep, w = -np.dot(p["u"], p["w"]), np.array(p["w"])
        return "singular", (w / (w @ w) * math.acosh(math.sqrt(steep))).tolist()
    if name == "coupling" and p["c"] <= 0:
        return "singular", [math.sqrt(-p["c"]), 1.0]
    if name == "spiral":
        return "collision", ([0.0, 0.0], [0.0, 2 * math.pi])
    if name == "exam":
        return "collision", ([-1.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    return "valid", None


def judged_plane(name, params, base):
    verdict, witness = in_space(name, params, base)
    return verdict, witness


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
