"""One file per source: files of one kind in, documents with canonical tables out.

To add a source, write a module with KINDS (ids of `kinds.toml`), `recognise` and `read`, and name it in
`calculators.records.intake`.
"""
