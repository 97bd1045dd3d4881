"""The economy of a practice: income, lists for long consultations, limits, decisions, prevention envelope (`practice.md`
of the definitions). Rules and amounts are in the TOML files of this folder, each with its reference."""
