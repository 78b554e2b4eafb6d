import logging
import sys

import torch

logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, force=True)
logging.info("begun")


def standardise(x):
    logging.warning("asked for %s", x.shape)
    print("to standard error", file=sys.stderr)
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)
