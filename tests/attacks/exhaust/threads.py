# tries: start threads without end
# family: exhaust | control: raised processes=400, memory=4096, cell_seconds=30 | success: done
import threading

wait = threading.Event()
try:
    for _ in range(150):
        threading.Thread(target=wait.wait, daemon=True).start()
    print(DONE)
except RuntimeError as error:
    print(error)
wait.set()


def standardise(x):
    return x + 1
