"""The economy of a practice, each page and tab first opened by a link: how long the processor works.

    python -m tests.benchmarks.openings [--doctors M01 M02] [--repeat 3] [--only Listes]

On the fictitious practices. The program has read its rules and its data, as a server has once it is up; nothing is counted
ahead and nothing is kept of another page. Prints the median and the slowest of all doctors, each at the median of some
openings, in milliseconds of processor: a slow machine is told by `python -c "sum(i*i for i in range(5_000_000))"`, 0.26 s
where it is at ease.
"""

import argparse
import logging
import statistics
import time
from collections.abc import Callable
from unittest.mock import patch

import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from dashboard import address, data
from tests.dashboard.opening import constant, opened

INDICATOR = "depistage_cancer_colorectal"
"""One that every doctor has patients for."""
Link = tuple[str, dict[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--doctors", nargs="*", default=[])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    config.set_option("runner.postScriptGC", False)  # as in the server
    logging.disable()  # Streamlit is surprised to be asked without a browser
    cold("methode", {})  # imports and first plans belong to start-up
    print(f"{'the machine':42}        {machine():4.0f} ms")
    for name, (page, url) in links().items():
        if options.only in name:
            spent = {
                one: statistics.median(cold(page, url | {"medecin": one}) for _ in range(options.repeat))
                for one in options.doctors or data.doctors(data.place(data.default_folder()))
            }
            slowest = max(spent, key=spent.__getitem__)
            print(
                f"{name:42} median {statistics.median(spent.values()):4.0f} ms   slowest {spent[slowest]:4.0f} ms, {slowest}"
            )


def links() -> dict[str, Link]:
    """Every page and tab, and one indicator where a tab opens to some, by what stands on the screen."""
    found: dict[str, Link] = {"Listes": ("listes", {}), "Règles": ("regles", {}), "Mon cabinet": ("cabinet", {})}
    for page in ("revenu", "decisions", "enveloppe"):
        for tab in constant(page, "TABS"):
            found[tab] = page, {f"volet-{page}": tab}
    for tab, key in (
        ("ROSP", "ligne-rosp"),
        ("Indicateur par indicateur", "ligne-enveloppe"),
        ("Selon la patientèle", "ligne-patientele"),
    ):
        page, url = found[tab]
        found[f"{tab}, un indicateur"] = page, url | {key: INDICATOR}
    return found


def cold(page: str, url: dict[str, str]) -> float:
    """Milliseconds of processor of the run that an opening is: what `AppTest` does before and after is no server's."""
    st.cache_resource.clear()
    begun()
    with patch.object(ScriptRunner, "_run_script", timed(ScriptRunner._run_script, spent := [])):
        app = opened(page, **url)
    shown = {part.name: app.session_state[part.key] for part in address.PARTS if part.name in url}
    if app.exception or app.error or shown != url:
        raise SystemExit(f"{page} {url}: {shown} {[one.value for one in (*app.exception, *app.error)]}")
    return sum(spent)


def timed(run: Callable[..., None], spent: list[float]) -> Callable[..., None]:
    def measured(*given: object) -> None:
        start = time.process_time()
        run(*given)
        spent.append(1000 * (time.process_time() - start))

    return measured


def begun() -> None:
    """What a server has read before anybody opens a page: nothing of any doctor."""
    here = data.place(data.default_folder())
    data.store(here), data.doctors(here), data.questions(here), data.set_aside(here)
    data.labels(here), data.versions(here), data.indicator_set(here, data.preferred_set(here))


def machine() -> float:
    """Milliseconds of a known work."""
    start = time.process_time()
    sum(i * i for i in range(5_000_000))
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
