"""Mistakes a user can put right."""


class UserError(Exception):
    """The message is a French sentence for the user: what is wrong, where, and what would be right."""


class UnusableFolderError(UserError):
    """A data folder that cannot be read at all (the command line exits with 2)."""
