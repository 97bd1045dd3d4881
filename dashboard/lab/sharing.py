"""The link of what is on screen: copied, as a QR code, or pasted from elsewhere."""

from importlib.resources import files

import streamlit as st

from dashboard.lab import in_words, link, qr, state

FILES = files("dashboard.lab")
_button = st.components.v2.component(
    "copier",
    css=FILES.joinpath("copy.css").read_text(encoding="utf-8"),
    js=FILES.joinpath("copy.js").read_text(encoding="utf-8"),
)


def copy_button(text: str, key: str) -> None:
    _button(key=key, data={"text": text, "label": "Copier le lien"})


def code(text: str, width: int) -> None:
    """The QR code, or why there is none. `width` in pixels."""
    made = qr.made(text)
    if made is None:
        st.markdown(in_words.too_long(text))
        return
    st.html(f'<img src="{qr.address(made)}" alt="QR code du lien" width="{width}">')


def in_short(text: str) -> None:
    """Both, on one line of the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", horizontal_alignment="right"):
        copy_button(text, "copier_lien")
        asked = st.popover("QR code", icon=":material/qr_code:", key="qr_code", on_change="rerun")
        if asked.open:  # it is not drawn for nobody
            with asked:
                code(text, 300)
                if said := in_words.where(text):
                    st.caption(said)


def whole(text: str) -> None:
    """The link written out, and a field for one that was received."""
    st.caption(
        "Lien de tout ce qui est à l’écran : scénarios, comparaison, réglages, vue, diapositives. Aucun patient."
    )
    st.code(text, language=None, wrap_lines=True)
    if said := in_words.where(text):
        st.caption(said)
    paste()


def paste() -> None:
    """Open a link that came from another computer."""
    st.text_input(
        "Ouvrir un lien reçu", key="lien_colle", placeholder="Coller le lien ici", on_change=_pasted,
    )  # fmt: skip


def _pasted() -> None:
    text = st.session_state["lien_colle"]
    st.session_state["lien_colle"] = ""
    if text.strip():
        state.ask(link.word_of(text))
