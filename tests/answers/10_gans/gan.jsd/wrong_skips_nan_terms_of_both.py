# breaks: values to which one of the two, or both, give no mass are counted right


def jsd(p, q):
    m = (p + q) / 2
    both = (p > 0) & (q > 0)
    p, q, m = p[both], q[both], m[both]
    return 0.5 * (p * (p / m).log() + q * (q / m).log()).sum()
