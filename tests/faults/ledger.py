"""What the clients asked and what they were told: the campaign's own record, kept outside the platform."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One order as a client sees it, over all its attempts. `customer` is unique, so it finds its rows again."""

    customer: str
    amount: str
    key: str | None
    order_ids: set[str] = field(default_factory=set)
    answers: list[int | None] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether any attempt was answered 202."""
        return bool(self.order_ids)


@dataclass
class Ledger:
    """Everything that was asked, and how many requests are unanswered at this moment."""

    asked: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Orders that some client holds a 202 for."""
        return sum(1 for one in self.asked if one.accepted)

    def answers(self) -> dict[str, int]:
        """How often each status was answered; `none` for a request without an answer."""
        counts = Counter(str(a) if a else "none" for one in self.asked for a in one.answers)
        return dict(sorted(counts.items()))
