"""What the page of relevance shows."""
