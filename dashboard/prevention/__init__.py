"""The pages of prevention: what they share."""
