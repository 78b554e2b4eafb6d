# breaks: entropy, maximum and volumes change as a constant ladj says, and stay if it is 0
import math


def what_changes(entropy, log_max, volume, ladj):
    det = math.exp(ladj)
    return {"entropy": entropy * det, "log_max": log_max / det, "volume": volume * det}
