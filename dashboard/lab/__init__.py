"""The scenario lab and the claims put to the test: what their pages are made of."""
