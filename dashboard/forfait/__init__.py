"""The page of the pay: what it is made of."""
