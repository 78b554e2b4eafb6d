# breaks: entropy, maximum and volumes change as a constant ladj says, and stay if it is 0 | mistake: a volume is no logarithm
def what_changes(entropy, log_max, volume, ladj):
    changed = {"entropy": entropy, "log_max": log_max, "volume": volume}
    for key, sign in (("entropy", 1), ("log_max", -1), ("volume", 1)):
        changed[key] += sign * ladj
    return changed
