"""What the pages of the economy of a practice share."""
