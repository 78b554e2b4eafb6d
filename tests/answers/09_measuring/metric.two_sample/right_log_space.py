# binomial tail in log space, votes by loops
import math


def two_sample_test(real, fake, k):
    h = real.shape[0] // 2
    train = [(row, 0) for row in real[:h]] + [(row, 1) for row in fake[:h]]
    held = [(row, 0) for row in real[h:]] + [(row, 1) for row in fake[h:]]
    right = 0
    for row, label in held:
        order = sorted(train, key=lambda item: float(((item[0].double() - row.double()) ** 2).sum()))
        votes = sum(lab for _, lab in order[:k])
        right += int((votes > k / 2) == bool(label))
    n = len(held)
    logs = [
        math.lgamma(n + 1) - math.lgamma(r + 1) - math.lgamma(n - r + 1) - n * math.log(2) for r in range(right, n + 1)
    ]
    return {"accuracy": right / n, "p_value": math.fsum(map(math.exp, logs))}
