"""The page of a doctor's own activity."""
