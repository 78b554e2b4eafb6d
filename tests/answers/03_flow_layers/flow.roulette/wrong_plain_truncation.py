# breaks: averaged over N, the estimates are the sum of the series | mistake: not divided by the probability
def roulette_ladj(powers, N, p):
    return sum((-1) ** (k + 1) * powers[k - 1] / k for k in range(1, N + 1))
