from fractions import Fraction as F


def _det(A):
    if len(A) == 2:
        return F(A[0][0]) * F(A[1][1]) - F(A[0][1]) * F(A[1][0])
    return sum((-1) ** j * F(A[0][j]) * _det([row[:j] + row[j + 1 :] for row in A[1:]]) for j in range(3))


class Plane:
    def linear(self, base, A, b):
        return "mass" if _det(A) == 0 else "valid"

    def rank_one(self, base, a):
        return "singular"

    def sigmoid(self, base, A):
        if _det(A) == 0:
            return "mass"
        return {"normal": "mass", "uniform": "valid"}[base]

    def shear(self, base, k):
        return "valid"

    def swirl(self, base, c, k):
        return "valid"

    def planar(self, base, u, w):
        t = F(u[0]) * F(w[0]) + F(u[1]) * F(w[1]) + 1
        return "valid" if t > 0 else "collision" if t < 0 else "singular"

    def coupling(self, base, c):
        return "singular" if c <= 0 else "valid"

    def spiral(self, base, k):
        return "collision"

    def exam(self, base, n, k):
        return "singular"

    def triangular(self, base, k):
        return "valid"


def verdict_plane(name, params, base):
    return getattr(Plane(), name)(base, **params)
