"""Fictitious practices: a generator, what it is calibrated on, and the sample that ships. Nobody in them exists."""
