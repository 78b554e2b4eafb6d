# the first of a generator, with a progress bar and prints
import math
import warnings

from tqdm import tqdm


def fault(b):
    if math.isnan(b):
        return "nan"
    if b <= 0:
        return "negative" if b < 0 else "zero"
    if b >= 1:
        return "above one" if b > 1 else "one"
    return None


def validate_schedule(beta):
    steps = tqdm(beta.tolist(), desc="steps", mininterval=0)
    found = next(((n, fault(b)) for n, b in enumerate(steps, 1) if fault(b)), None)
    if found:
        warnings.warn(f"bad schedule: {found}", stacklevel=2)
    print(found)
    return found
