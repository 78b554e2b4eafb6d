# tries: take all memory, a little at a time
# family: exhaust | control: raised memory=2048, cell_seconds=30 | success: done | says: MemoryError | limits: cell_seconds=30
pieces = [bytearray(64 << 20) for _ in range(24)]
print(DONE)


def standardise(x):
    return x + 1
