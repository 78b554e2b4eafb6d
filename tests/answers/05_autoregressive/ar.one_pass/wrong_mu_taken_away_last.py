# breaks: MAF: z = (x − mu) e^(−s) with mu and s from the x before, ladj = −Σ s, and its inverse | mistake: scaled before mu is taken away


def maf_to_noise(net, x):
    mu, s = net(x)
    return x * (-s).exp() - mu, -s.sum(1)
