# breaks: MAF: z = (x − mu) e^(−s) with mu and s from the x before, ladj = −Σ s, and its inverse | mistake: ladj is no sum of s


def maf_to_noise(net, x):
    mu, s = net(x)
    return (x - mu) * (-s).exp(), -s.mean(1)
