# breaks: up to your cut, the integral at your nu has passed 100 nats | mistake: a cut that proves little
def infinite_kl():
    return 2.0, 1e6
