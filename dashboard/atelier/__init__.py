"""A room of participants before the dashboard: who is there, guided cases, and what the trainer sees of it."""
