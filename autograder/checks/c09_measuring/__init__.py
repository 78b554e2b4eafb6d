"""Judge of 09_measuring: what can be measured of a model that only gives samples."""
