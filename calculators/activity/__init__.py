"""What a doctor does in twelve months, and whom his list is made of, beside the median of other doctors."""
