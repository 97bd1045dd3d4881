"""Tables in, tables out: what the practice record says, and what follows from it. No Streamlit here."""
