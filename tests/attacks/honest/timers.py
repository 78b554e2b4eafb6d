import atexit
import signal
import time

import torch

signal.signal(signal.SIGALRM, lambda *_: print("a minute is over"))
signal.alarm(50)
atexit.register(print, "good bye")
start = time.perf_counter()


def standardise(x):
    spread = (x - x[0]).std(0)
    print(time.perf_counter() - start)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)
