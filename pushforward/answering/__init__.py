"""The other side of the wall: what stands next to the student's code, and what may cross."""
