"""The page *Données*: files that wait, the folder they join, what it is made of, and what it allows."""
