"""The line itself: the order of the stages, from a trial's text to its criteria.  The only module that knows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from limen import checks, lexicon, outline, reading, repair, thresholds
from limen._version import __version__
from limen.assembly import (
    Item,
    Read,
    as_written,
    assemble,
    bare_limits,
    criterion_of,
    criterion_of_limits,
    limits,
    map_thresholds,
    registry_criteria,
)
from limen.criteria import Criterion, Expression, Finding, Trial
from limen.flow import Flow, flow, unbroken
from limen.mentions import Mentions
from limen.normalise import normalise

ListRole = Literal["inclusion", "exclusion"]


class Line:
    """One trial on its way through the stages."""

    def __init__(self, trial: Trial, role: ListRole, *, limits_only: bool) -> None:
        self.trial = trial
        self.role: ListRole = role
        self.limits_only = limits_only
        self.nlp = reading.load()
        self.lexicon = lexicon.load()
        self.view, self.repairs = repair.view(trial.text)
        self.flow = flow(self.view)
        self.learned: reading.Learned = {}
        self.reads: dict[tuple[int, int], Read] = {}
        self.whole = not limits_only

    def run(self) -> Trial:
        clauses = [(role, c, self._flowing(c)) for role, c in self._outlined()]
        wanted = [not self.limits_only or reading.holds_number(self.flow.text, c.start, c.stop) for _, _, c in clauses]
        said = (self.trial.title or "", *self.trial.conditions)
        self.learned = reading.learn((*(self.flow.text[c.start : c.stop] for _, _, c in clauses), *said), self.nlp)
        criteria = [*registry_criteria(self.trial.registry_fields)]
        counts = {"inclusion": 0, "exclusion": 0}
        for (role, clause, flowing), want in zip(clauses, wanted):
            counts[role] += 1
            if want and (criterion := self._criterion(role, clause, flowing, counts[role])) is not None:
                criteria.append(criterion)
        trial = self.trial.model_copy(update={"criteria": tuple(criteria), "limen": __version__, "findings": (*self.trial.findings, *self.repairs)})
        return trial if self.limits_only else checks.check(trial)

    def _outlined(self) -> list[tuple[ListRole, outline.Clause]]:
        """The clauses of the view, outlined with its words whole."""
        whole = unbroken(self.view)
        sections = [s.model_copy(update={"start": whole.place(s.start), "end": whole.place(s.end)}) for s in self.trial.sections]
        clauses = outline.outline(whole.text, sections, role=self.role).clauses
        return [(role, _outside(c, whole)) for role, c in clauses] if whole.ends else list(clauses)

    def _flowing(self, clause: outline.Clause) -> outline.Clause:
        """The clause with its places in the flow."""
        if not self.flow.ends:
            return clause
        start, end, mark = (self.flow.place(p) for p in (clause.start, clause.end, clause.mark_start))
        return replace(clause, start=start, end=end, mark_start=mark, children=tuple(self._flowing(c) for c in clause.children))

    def _criterion(self, role: ListRole, clause: outline.Clause, flowing: outline.Clause, number: int) -> Criterion | None:
        """The criterion of a clause, read in the flow; where only limits are asked for, None for a clause without one."""
        if self.limits_only:  # a lead's window may be that of the items below it, whether they hold a number or not
            self.whole = any(c.children and reading.holds_number(self.flow.text, c.start, c.end) for c in flowing.walk())
        tree = self._tree(role, flowing)
        if tree is not None and self.flow.text != self.trial.text:
            tree = as_written(tree, self.flow, self.trial.text)
        tree = tree if tree is None else map_thresholds(tree, lambda t: normalise(t, self.lexicon))
        if not self.limits_only:
            return criterion_of(self.trial.text, clause, role, number, tree, self._findings(flowing))
        return None if tree is None else criterion_of_limits(self.trial.text, clause, role, number, tree)

    def _tree(self, role: ListRole, clause: outline.Clause) -> Expression | None:
        """The tree of a clause; where its grammar turns in a circle, its limits if only they are asked for, else None: it comes out unread, and the others are read."""
        try:
            return limits(clause, role, self._read) if self.limits_only else assemble(clause, role, self._read)
        except RecursionError:
            return bare_limits(clause, role, self._read) if self.limits_only else None

    def _read(self, item: Item) -> Read:
        """The clause's own words, read once."""
        place = item.start, item.end
        if place not in self.reads:
            self.reads[place] = self._read_words(item)
        return self.reads[place]

    def _read_words(self, item: Item) -> Read:
        text = self.flow.text[item.start : min(item.end, item.start + reading.MAX_CLAUSE)]
        if not self.whole and not reading.holds_number(text, 0, len(text)):
            return Read(Mentions(text), ())
        mentions = reading.read(text, self.nlp, self.learned)
        return Read(mentions, tuple(thresholds.pair(mentions, self.lexicon)))

    def _findings(self, clause: outline.Clause) -> list[Finding]:
        """A clause that is too long for the reader says so."""
        long = [c for c in clause.walk() if c.end - c.start > reading.MAX_CLAUSE]
        message = f"only the first {reading.MAX_CLAUSE} characters were read"
        return [Finding(code="unread_text", severity="warning", start=self.flow.origin(c.start + reading.MAX_CLAUSE), end=self.flow.origin(c.end), message=message) for c in long]


def _outside(clause: outline.Clause, inner: Flow) -> outline.Clause:
    """The clause with its places in the text that a flow was made of."""
    start, end = inner.span(clause.start, clause.end)
    return replace(clause, start=start, end=end, mark_start=inner.origin(clause.mark_start), children=tuple(_outside(c, inner) for c in clause.children))
