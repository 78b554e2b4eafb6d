# breaks: averaged over N, the estimates are the sum of the series | mistake: the whole sum divided once
def roulette_ladj(powers, N, p):
    return sum((-1) ** (k + 1) * powers[k - 1] / k for k in range(1, N + 1)) / (1 - p) ** (N - 1)
