"""The figures of a store: reviewed, accepted as they were, corrected by field, rejected, missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from limen.review.agreement import Agreement, agreements
from limen.review.decisions import REASONS
from limen.review.gold import settle, state_of
from limen.review.store import Store


@dataclass(frozen=True)
class ReviewReport:
    """What a store comes to.  The counts of decisions are of what stands: adjudicated, or agreed on, or one reviewer's."""

    trials: int
    criteria: int
    states: dict[str, int]
    decided: int
    accepted: int
    corrected: int
    rejected: int
    differing: int
    missed: int
    flagged: int
    corrected_by_field: dict[str, int]
    rejected_by_reason: dict[str, int]
    by_reviewer: dict[str, int]
    agreement: list[Agreement]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        found = asdict(self)
        for line in found["agreement"]:
            line["table"] = [{"one": a, "two": b, "criteria": n} for (a, b), n in line["table"].items()]
        return found

    def rows(self) -> list[tuple[str, str]]:
        """Name and figure, line by line."""

        def part(n: int, of: int) -> str:
            return f"{n} ({n / of:.0%})" if of else str(n)

        lines = [("trials", str(self.trials)), *((f"  {name}", str(n)) for name, n in self.states.items())]
        lines += [("criteria", str(self.criteria)), ("decided", part(self.decided, self.criteria))]
        for name in ("accepted", "corrected", "rejected"):
            lines.append((f"  {name}" + (" as they were" if name == "accepted" else ""), part(getattr(self, name), self.decided)))
        for title, counts in (("corrected, by field", self.corrected_by_field), ("rejected, by reason", self.rejected_by_reason)):
            lines += _counted(title, counts)
        lines += [("missed limits marked", str(self.missed)), ("flagged for a second look", str(self.flagged))]
        lines += [("reviewers differ on", str(self.differing)), *_counted("decided, by reviewer", self.by_reviewer)]
        for pair in self.agreement:
            lines.append((f"agreement of {pair.one} and {pair.two}", f"{pair.criteria} criteria of {pair.trials} trials"))
            lines.append(("  Cohen's kappa of the verdicts", figure(pair.kappa)))
            lines += [(f"  F1 {name}", figure(value)) for name, value in pair.f1.items() if value is not None]
        return lines

    def table(self) -> str:
        """The report as text in two columns."""
        rows = self.rows()
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {value}".rstrip() for name, value in rows)

    __str__ = table


def _counted(title: str, counts: dict[str, int]) -> list[tuple[str, str]]:
    return [(title, ""), *((f"  {name}", str(n)) for name, n in counts.items())] if counts else []


def figure(value: float | None) -> str:
    """A figure with three places, or why there is none."""
    return "not defined" if value is None else f"{value:.3f}"


def report(store: Store, keys: Sequence[int] | None = None) -> ReviewReport:
    """Counts what stands in a store, or in some of its trials."""
    states: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    criteria = missed = flagged = differing = 0
    seen = store.trial_keys() if keys is None else keys
    for key in seen:
        settled = settle(store, key)
        states[state_of(settled)] += 1
        criteria += len(settled)
        differing += sum(item.differing for item in settled.values())
        for draft in (item.draft for item in settled.values() if item.draft):
            verdicts[draft.verdict] += 1
            missed += draft.missed
            flagged += draft.flagged
            fields.update(field for field in draft.corrected if draft.verdict == "corrected")
            reasons.update(REASONS[rejection.reason] for rejection in draft.rejections)
    by_reviewer = store.rows("SELECT stream, sum(decided) AS n FROM drafts GROUP BY stream HAVING n ORDER BY stream")
    return ReviewReport(
        trials=sum(states.values()),
        criteria=criteria,
        states=dict(sorted(states.items())),
        decided=sum(verdicts.values()),
        accepted=verdicts["accepted"],
        corrected=verdicts["corrected"],
        rejected=verdicts["rejected"],
        differing=differing,
        missed=missed,
        flagged=flagged,
        corrected_by_field=dict(fields.most_common()),
        rejected_by_reason=dict(reasons.most_common()),
        by_reviewer={row["stream"].removeprefix("reviewer:"): int(row["n"]) for row in by_reviewer},
        agreement=agreements(store),
    )
