# tries: send an array of Python objects, which whoever loads it would run
# family: protocol | control: trusting | success: stopped | says: malformed frame
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


import pickle


class Runs:
    def __reduce__(self):
        return os.system, ("exit 1",)


def standardise(x):
    body = pickle.dumps(Runs())
    text = json.dumps({"arrays": [["|O", [1]]], "id": 1, "value": ["array", 0, "object"]}).encode()
    os.write(3, struct.pack("<II", len(text), len(body)) + text + body)
    return x + 1
