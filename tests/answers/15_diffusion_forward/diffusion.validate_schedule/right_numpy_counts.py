# numpy's integers and strings, the step as np.int64
import numpy as np


def validate_schedule(beta):
    b = beta.detach().cpu().numpy()
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~((b > 0) & (b < 1)))
    if not bad.size:
        return None
    value = b[bad[0]]
    reason = {-1.0: "negative", 0.0: "zero", 1.0: "above one"}.get(float(np.sign(value)), "nan")
    return bad[0] + 1, "one" if value == 1 else reason
