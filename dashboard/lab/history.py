"""What was done in the scenario lab, step by step: undone, done again, or gone back to. It lives with the session."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.lab.drafts import Draft

MOST = 50
"""Steps kept."""
Drafts = tuple[Draft, ...]


@dataclass
class History:
    """The three drafts as they were, the last step last, and those that were undone, the next one last."""

    past: list[Drafts] = field(default_factory=list)
    undone: list[Drafts] = field(default_factory=list)

    def add(self, before: Sequence[Draft]) -> None:
        """They are about to change."""
        self.past = [*self.past, tuple(before)][-MOST:]
        self.undone.clear()

    def undo(self, now: Sequence[Draft]) -> list[Draft]:
        """As they were one step ago; as they are when there is none."""
        if not self.past:
            return list(now)
        self.undone.append(tuple(now))
        return list(self.past.pop())

    def redo(self, now: Sequence[Draft]) -> list[Draft]:
        """As they were before the last `undo`; as they are when nothing was undone since."""
        if not self.undone:
            return list(now)
        self.past.append(tuple(now))
        return list(self.undone.pop())

    def back_to(self, step: int, now: Sequence[Draft]) -> list[Draft]:
        """As they were at a step of `past`; what came after it can be done again, step by step."""
        while len(self.past) > step:
            now = self.undo(now)
        return list(now)
