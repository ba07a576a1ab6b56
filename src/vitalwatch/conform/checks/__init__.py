"""The checks, by what they do to a driver."""
