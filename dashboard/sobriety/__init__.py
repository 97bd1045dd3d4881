"""The page of the ratio: what it is made of."""
