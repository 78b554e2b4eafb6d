"""From a folder of whatever was handed in to submissions."""
