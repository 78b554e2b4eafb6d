# breaks: bits and densities are the same number in other units | mistake: nats for bits
import math


def in_units(nats, D, width):
    return {"bits": nats / D * math.log(2), "density": nats + D * math.log(width)}
