"""What a doctor is compared with: references known here, shares and campaigns. Whole numbers come in, no records."""
