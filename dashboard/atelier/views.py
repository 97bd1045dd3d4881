"""What a participant has before him: the cases, one at a time, with the answer of his own practice."""

from datetime import date
from functools import partial

import streamlit as st

from calculators import french
from dashboard import data, widgets
from dashboard.atelier import answers, following, handout
from dashboard.atelier.cases import Case, cases
from dashboard.atelier.classroom import CLASSROOM, Progress
from dashboard.atelier.following import CASE
from dashboard.serving.attendance import ROOM, TRAINER
from dashboard.widgets import Choice
from dashboard.words import plain

PAGES = {
    "prevention": "Prévention", "indicateurs": "Indicateurs", "sobriete": "Sobriété", "scenarios": "Scénarios",
    "forfait": "Forfait", "patient": "Patient", "aujourdhui": "Aujourd’hui",
    "pertinence": "Pertinence",
}  # fmt: skip
FICTITIOUS = "Cabinets et patients fictifs. Rien de ce que vous faites ici n’est gardé après l’atelier."


def who() -> None:
    """How he is called here, and what happens to what he does."""
    entered = ROOM.of(following.me() or "")
    if entered:
        st.markdown(
            f"**{plain.text(entered.name)}** : choisissez un cas, regardez, donnez un avis, puis lisez la réponse."
        )
    st.caption(f"{FICTITIOUS} Le cabinet se change dans la barre de côté.")


@widgets.fragment
def guided(choice: Choice) -> None:
    """The cases: what is done in one reruns this part alone."""
    known, progress = cases(), CLASSROOM.of(following.me() or TRAINER)
    following.case_now(known)
    picked = st.selectbox(
        "Cas", list(known), key=CASE, format_func=lambda one: _listed(known[one], one in progress.read)
    )
    _open(progress, str(picked))
    _case(choice, str(picked), known[str(picked)], progress)


def _listed(case: Case, is_read: bool) -> str:
    return f"{case.rank}. {case.title}{' ✓' if is_read else ''}"


def _open(progress: Progress, case: str) -> None:
    if progress.opened != case:
        progress.opened = case
        following.tell_trainer()


def _case(choice: Choice, key: str, case: Case, progress: Progress) -> None:
    st.subheader(case.title)
    st.markdown(f"### {case.question}")
    st.caption(f"{french.count(case.minutes, 'minute')}. {case.look}")
    st.page_link(
        f"pages/{case.page}.py", label=f"Regarder : {PAGES[case.page]}", icon=":material/visibility:",
        query_params=widgets.url_of(choice),
    )  # fmt: skip
    if case.choices:
        _opinion(key, case, progress)
    if key in progress.read:
        told(choice, case, progress.thought.get(key, ""))
        return
    st.button("Voir la réponse", key=f"reponse_{key}", type="primary", on_click=_read, args=(progress, key))


def _opinion(key: str, case: Case, progress: Progress) -> None:
    options = list(case.choices)
    before = progress.thought.get(key)
    picked = st.radio(
        "Votre avis", options, index=options.index(before) if before in options else None, key=f"avis_{key}",
        format_func=case.choices.__getitem__, disabled=key in progress.read,
    )  # fmt: skip
    if picked and picked != before:
        progress.thought[key] = picked
        following.tell_trainer()


def _read(progress: Progress, key: str) -> None:
    progress.read.add(key)
    following.tell_trainer()


def told(choice: Choice, case: Case, thought: str = "") -> None:
    """The answer of this practice, the trap, and what to discuss."""
    found = answers.answer(case, choice)
    with st.container(border=True):
        st.markdown("**Réponse, calculée sur ce cabinet**")
        for said in found.says:
            st.markdown(said)
        if found.right and thought:
            same = thought == found.right
            st.markdown("C’est votre avis." if same else f"Votre avis était : {case.choices[thought].lower()}.")
    st.markdown(f"**L’idée.** {case.idea}")
    st.markdown(f"**Le piège.** {case.trap}")
    st.markdown("**À discuter**\n" + "\n".join(f"* {point}" for point in case.discussion))


def take_away(choice: Choice) -> None:
    """The sheet of the cases, with nothing of anybody."""
    st.download_button(
        "Feuille à emporter (PDF)", data=partial(handout.pdf, tuple(cases().values()), choice, date.today()),
        file_name="atelier.pdf", mime="application/pdf", key="feuille", icon=":material/picture_as_pdf:",
        on_click="ignore",
    )  # fmt: skip


def practice_of(person: str) -> str:
    """Name of the practice that somebody looks at."""
    story = data.stories().get(CLASSROOM.of(person).practice)
    return f"{CLASSROOM.of(person).practice} · {story.name}" if story else ""
