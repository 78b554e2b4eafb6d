# classes by bisection instead of comparisons
import bisect


def validate_schedule(beta):
    for n, b in enumerate(map(float, beta), 1):
        if b != b:
            return n, "nan"
        left, right = bisect.bisect_left([0.0, 1.0], b), bisect.bisect_right([0.0, 1.0], b)
        kind = {(0, 0): "negative", (0, 1): "zero", (1, 2): "one", (2, 2): "above one"}.get((left, right))
        if kind:
            return n, kind
