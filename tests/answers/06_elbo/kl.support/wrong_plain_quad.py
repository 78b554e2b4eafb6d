# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import warnings

from scipy.integrate import quad
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return quad(lambda z: t.pdf(z, nu) * (t.logpdf(z, nu) - norm.logpdf(z)), -cut, cut)[0]
