# tries: send a head nested so deep that reading it overflows the stack
# family: protocol | control: trusting | success: stopped | says: malformed frame
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def standardise(x):
    deep = b"[" * 500_000
    os.write(3, struct.pack("<II", len(deep), 0))
    rest = memoryview(deep)
    while rest:
        rest = rest[os.write(3, rest) :]
    return x + 1
