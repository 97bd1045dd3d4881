"""A figure of the economy of a practice, opened to its patients and acts; or the sentence that says why there are none."""
