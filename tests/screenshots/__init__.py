"""Pictures of the journeys for the README, taken by `python -m tests.screenshots`."""
