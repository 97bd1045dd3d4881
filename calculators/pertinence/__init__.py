"""Relevance of prescriptions: the measures of the agreement, on one's own prescriptions or on one's list."""
