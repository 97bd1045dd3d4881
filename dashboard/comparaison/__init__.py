"""What a doctor is compared with: references received, a group of volunteers, the insurer's own figure."""
