# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: as if earlier noise never shrank
def marginal_after(t, a, b):
    scale, variance = 1.0, 0.0
    for _ in range(t):
        scale *= a
        variance += b**2
    return scale, variance
