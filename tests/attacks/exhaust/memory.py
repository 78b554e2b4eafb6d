# tries: take all memory in one piece
# family: exhaust | control: raised memory=2048, cell_seconds=30 | success: done | says: MemoryError | limits: cell_seconds=30
piece = bytearray(1536 << 20)
print(DONE)


def standardise(x):
    return x + 1
