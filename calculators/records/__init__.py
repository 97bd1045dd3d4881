"""The practice record: canonical tables at the border, the compact store behind it."""
