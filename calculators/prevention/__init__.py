"""Care gaps: which preventive acts are done, due, excluded or impossible to tell, for whom and why."""
