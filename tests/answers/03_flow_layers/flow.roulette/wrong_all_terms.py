# breaks: the estimate adds the first N terms, each divided by the probability of reaching it | mistake: all the terms
def roulette_ladj(powers, N, p):
    return sum(-((-1) ** k) * powers[k - 1] / (k * (1 - p) ** (k - 1)) for k in range(1, len(powers) + 1))
