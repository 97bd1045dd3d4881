"""The sobriety ratio: what a doctor's own prescriptions to his faithful patients cost, over what was expected.

`definition.py` says what is counted, the `.sql` steps count it, `reference.py` builds the expected values from a
population, `ratio.py` compares one doctor or all with them; the other modules open the figure (`openings.py`), follow
it (`change.py`), place it (`peers.py`), turn it into a bonus probability (`bonus.py`) or play with it (`what_if.py`).
"""
