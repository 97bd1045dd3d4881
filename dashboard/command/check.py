"""`tableau-mt check DIR`: what is wrong with a folder."""

from argparse import Namespace

from calculators.records.check import check


def run(asked: Namespace) -> int:
    report = check(asked.folder)
    print(report.to_json() if asked.format == "json" else report.to_text())
    return 0 if report.is_clean else 1
