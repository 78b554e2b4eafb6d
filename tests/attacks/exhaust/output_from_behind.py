# tries: print for ever from a thread, after the cell is over
# family: exhaust | control: raised output=2048, cell_seconds=30 | success: done | says: printed more than 16 MB
import os
import threading


def print_for_ever():
    for _ in range(500):
        os.write(1, b"x" * (1 << 16))


behind = threading.Thread(target=print_for_ever, daemon=True)
behind.start()


def standardise(x):
    behind.join()
    raise ValueError(DONE)
