# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: accepts 0
import numpy as np


def validate_schedule(beta):
    b = beta.cpu().numpy()
    reasons = np.select([np.isnan(b), b < 0, b == 1, b > 1], ["nan", "negative", "one", "above one"], "")
    bad = np.flatnonzero(reasons != "")
    return None if bad.size == 0 else (int(bad[0]) + 1, str(reasons[bad[0]]))
