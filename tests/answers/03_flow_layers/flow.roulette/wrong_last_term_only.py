# breaks: the estimate adds the first N terms, each divided by the probability of reaching it
def roulette_ladj(powers, N, p):
    return (-1) ** (N + 1) * powers[N - 1] / (N * p * (1 - p) ** (N - 1))
