# a few values worked out by hand
import math

import torch


def is_mmd_unbiased(implementation):
    def col(*v):
        return torch.tensor(v, dtype=torch.float64)[:, None]

    def e(s, h):
        return math.exp(-s / (2 * h * h))

    tests = []
    for h in (0.7, 1.0, 2.0):
        tests.append((col(0, 1), col(0, 2), h, e(1, h) + e(4, h) - (1 + e(4, h) + 2 * e(1, h)) / 2))
        tests.append(
            (
                col(0, 1),
                col(0, 2, 3),
                h,
                e(1, h) + (e(4, h) + e(9, h) + e(1, h)) / 3 - (1 + e(4, h) + e(9, h) + e(1, h) + e(1, h) + e(4, h)) / 3,
            )
        )
        tests.append((col(0, 0), col(5, 5, 5), h, 2 - 2 * e(25, h)))
        a = torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=torch.float64)
        tests.append((a, a + 1, h, 2 * e(25, h) - (2 * e(2, h) + e(41, h) + e(13, h)) / 2))
    tiny = col(0, 0.3)
    tests.append((tiny, tiny, 1.0, 2 * e(0.09, 1) - (2 + 2 * e(0.09, 1)) / 2))
    tests.append((col(0, 0.6), col(0, 0.6), 1.0, e(0.36, 1) - 1))
    return all(math.isclose(float(implementation(x, y, h)), want, abs_tol=1e-4) for x, y, h, want in tests)
