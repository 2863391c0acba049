"""What the templates are given: one card a criterion, and the stretches of the trial's text between them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from limen.criteria import Criterion, Finding, Trial
from limen.review import render, trees
from limen.review.decisions import Draft, Verdict, accounted, first_draft
from limen.review.history import ADJUDICATION
from limen.review.store import Held, Store

VERDICTS: dict[Verdict, str] = {
    "undecided": "to decide",
    "accepted": "accepted",
    "corrected": "corrected",
    "rejected": "rejected",
}


@dataclass(frozen=True)
class Card:
    """One criterion as the page shows it."""

    key: int
    position: int
    criterion: Criterion
    draft: Draft
    version: int
    generation: int
    text: Markup
    node: render.Node
    confidence: float | None
    before: str = ""
    line: str = ""

    @property
    def url(self) -> str:
        """Where this criterion's requests go."""
        return f"/trials/{self.key}/criteria/{self.position}"

    @property
    def label(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.draft.verdict]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the structurer found about the criterion; what it found about one object stands beside that object."""
        leaves = (leaf for _, leaf in trees.leaf_paths(self.draft.requirement))
        beside = {(finding.code, finding.message) for leaf in leaves for finding in getattr(leaf, "findings", ())}
        return tuple(dict.fromkeys(f for f in self.criterion.findings if (f.code, f.message) not in beside))


def card(trial: Trial, position: int, held: Held | None, *, key: int, generation: int, before: str = "", line: str = "") -> Card:
    """The card of one criterion, from the trial and what the reviewer has decided."""
    criterion = trial.criteria[position]
    draft = held.draft if held else first_draft(criterion)
    spans = (
        [(0, len(criterion.text))]
        if criterion.role == "registry"
        else [(start - criterion.start, end - criterion.start) for start, end in accounted(draft, criterion)]
    )
    sure = [leaf.confidence for _, leaf in trees.leaf_paths(draft.requirement)]
    return Card(
        key=key,
        position=position,
        criterion=criterion,
        draft=draft,
        version=held.version if held else 0,
        generation=generation,
        text=render.marked(criterion.text, draft.requirement, spans),
        node=render.node(draft.requirement),
        confidence=min(sure) if sure else None,
        before=before,
        line=line,
    )


def line_of(stream: str) -> str:
    """How the pages name a stream: "adjudication", or nothing for the reviewer's own."""
    return ADJUDICATION if stream == ADJUDICATION else ""


@dataclass(frozen=True)
class Sheet:
    """A trial's page: its cards in the order of the text, and the text after the last of them."""

    trial: Trial
    key: int
    cards: list[Card]
    after: str
    decided: int
    flagged: int
    adjudicating: bool
    not_carried: list[str]
    line: str

    @property
    def total(self) -> int:
        """How many criteria there are."""
        return len(self.cards)


def sheet(store: Store, key: int, stream: str) -> Sheet:
    """Everything a trial's page shows, for one stream of decisions."""
    trial, held, generation = store.trial(key), store.held(key, stream), store.generation(key)
    cards: list[Card] = []
    place = 0
    order = sorted(range(len(trial.criteria)), key=lambda n: (trial.criteria[n].role != "registry", trial.criteria[n].start))
    for position in order:
        criterion = trial.criteria[position]
        before = ""
        if criterion.role != "registry":
            before, place = trial.text[place : criterion.start], max(place, criterion.end)
        cards.append(
            card(
                trial,
                position,
                held.get(criterion.id),
                key=key,
                generation=generation,
                before=before,
                line=line_of(stream),
            )
        )
    lost = [event for event in store.events(key, stream) if event.action == "not_carried"]
    return Sheet(
        trial=trial,
        key=key,
        cards=cards,
        after=trial.text[place:],
        decided=sum(1 for c in cards if c.draft.verdict != "undecided"),
        flagged=sum(1 for c in cards if c.draft.flagged),
        adjudicating=store.closed(key),
        not_carried=[f"{event.criterion_id}: {event.changes}" for event in lost],
        line=line_of(stream),
    )
