# breaks: entropy, maximum and volumes change as a constant ladj says, and stay if it is 0 | mistake: the signs swapped
import math


def what_changes(entropy, log_max, volume, ladj):
    return {"entropy": entropy + ladj, "log_max": log_max + ladj, "volume": volume * math.exp(ladj)}
