def series_rest(L, D, n):
    from scipy.special import hyp2f1

    return float(D * L ** (n + 1) / (n + 1) * hyp2f1(1, n + 1, n + 2, L))
