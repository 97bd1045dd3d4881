"""One file per source: a source document in, canonical tables out."""
