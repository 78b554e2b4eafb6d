# breaks: the arguments come back as they were given
def validate_schedule(beta):
    verdict = None
    for n, b in enumerate(beta.tolist(), start=1):
        if not 0 < b < 1 and verdict is None:
            reason = (
                "nan" if b != b else "negative" if b < 0 else "zero" if b == 0 else "one" if b == 1 else "above one"
            )
            verdict = n, reason
    beta.clamp_(1e-6, 1 - 1e-6)
    return verdict
