# tries: never read what it is asked, so that the asker waits for ever
# family: protocol | control: trusting | success: stopped | says: grading of this notebook ended there
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


import time


def standardise(x):
    while True:  # several at a time, so that the next one always lies there before the answer to the first
        os.write(3, 4 * frame(callback="x" * 1000, args=[], kwargs={}))
