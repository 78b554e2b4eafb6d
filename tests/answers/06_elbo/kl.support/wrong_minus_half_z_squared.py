# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits | mistake: a density without its constant
import numpy as np
from scipy.integrate import quad
from scipy.stats import t


def truncated_kl(nu, cut):
    def inside(u):
        z = np.sinh(u)
        return t.pdf(z, nu) * (t.logpdf(z, nu) + z**2 / 2) * np.cosh(u)

    return 2 * quad(inside, 0, np.arcsinh(cut), limit=500)[0]
