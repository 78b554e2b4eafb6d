# tries: end the process from a thread, a moment after the cell
# family: exhaust | control: shared | success: stopped | says: ended its process (exit status 7)
import os
import threading
import time

threading.Timer(0.05, os._exit, (7,)).start()


def standardise(x):
    time.sleep(2)
    return x
