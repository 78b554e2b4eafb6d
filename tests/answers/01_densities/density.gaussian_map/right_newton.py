import math


def gaussian_map(x, m0, kappa0, alpha0, beta0):
    data = [float(v) for v in x]
    mu = (sum(data) + kappa0 * m0) / (len(data) + kappa0)
    energy = beta0 + (sum((v - mu) ** 2 for v in data) + kappa0 * (mu - m0) ** 2) / 2

    def top(power):
        """Of -power * s - energy * exp(-s), s = log variance, by bisection of the slope."""
        low, high = -60.0, 60.0
        for _ in range(200):
            s = (low + high) / 2
            low, high = (s, high) if energy * math.exp(-s) > power else (low, s)
        return math.exp((low + high) / 2)

    power = len(data) / 2 + 0.5 + alpha0 + 1
    return {"mu": mu, "variance": top(power), "variance_log_sigma": top(power - 1)}
