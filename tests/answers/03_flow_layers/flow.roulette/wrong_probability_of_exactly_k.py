# breaks: averaged over N, the estimates are the sum of the series | mistake: the probability of N = k
def roulette_ladj(powers, N, p):
    return sum((-1) ** (k + 1) * powers[k - 1] / (k * p * (1 - p) ** (k - 1)) for k in range(1, N + 1))
