# scikit-learn and binomtest
import numpy as np
import torch
from scipy.stats import binomtest
from sklearn.neighbors import KNeighborsClassifier


def two_sample_test(real, fake, k):
    a, b = real.double().cpu().numpy(), fake.double().cpu().numpy()
    h = len(a) // 2
    m = KNeighborsClassifier(k, algorithm="brute").fit(np.r_[a[:h], b[:h]], [0] * h + [1] * h)
    rest = len(a) - h
    said = m.predict(np.r_[a[h:], b[h:]])
    right = int(np.sum(said == np.r_[np.zeros(rest), np.ones(rest)]))
    return {
        "accuracy": torch.tensor(right / (2 * rest)),
        "p_value": float(binomtest(right, 2 * rest, alternative="greater").pvalue),
    }
