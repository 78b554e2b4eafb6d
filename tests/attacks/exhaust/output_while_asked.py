# tries: print without end while a check asks
# family: exhaust | control: raised output=2048, cell_seconds=30 | success: done | says: printed more than 16 MB
asked = []


def standardise(x):
    if not asked:
        asked.append(x)
        for _ in range(400):
            print("x" * 100_000)
    raise ValueError(DONE)
