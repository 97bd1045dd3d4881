"""The front ends: the command `tableau-mt` and the pages. No rule, no amount, no computation of results here."""
