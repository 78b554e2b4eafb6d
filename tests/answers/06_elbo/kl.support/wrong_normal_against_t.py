# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits | mistake: the wrong way round
from scipy.integrate import quad
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    end = min(cut, 30.0)  # beyond, the normal has nothing
    return quad(lambda z: norm.pdf(z) * (norm.logpdf(z) - t.logpdf(z, nu)), -end, end)[0]
