"""`tableau-mt audit check DIR`: do the traces of a server still hang together?"""

from argparse import Namespace

from calculators import french
from dashboard.command.output import say
from dashboard.serving import audit


def check(asked: Namespace) -> int:
    """0 when every line does; 1 with the place of the first that does not."""
    found = audit.check(asked.folder)
    lines = french.count(found.lines, "ligne entière", "lignes entières")
    if found.fault:
        say(f"{lines}, puis une faute : {found.fault} a été changée, ajoutée, ou suit une ligne retirée.")
        return 1
    say(f"{lines} ; dernière empreinte : {found.last}")
    return 0
