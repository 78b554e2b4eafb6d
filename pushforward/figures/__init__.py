"""Pictures and the controls above them, in one look."""
