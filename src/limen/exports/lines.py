"""Findings for people and editors: one a line, with file, criterion and place."""

from __future__ import annotations

from limen.criteria import Finding, Trial


def findings(trial: Trial) -> str:
    """`file:criterion:start-end severity code message`, those of the whole record first."""
    lines = [_line(trial, "-", finding) for finding in trial.findings]
    lines += [_line(trial, criterion.id, finding) for criterion in trial.criteria for finding in criterion.findings]
    return "".join(lines)


def _line(trial: Trial, where: str, finding: Finding) -> str:
    message = " ".join(finding.message.split())
    place = f"{trial.source.name}:{where}:{finding.start}-{finding.end}"
    return f"{place} {finding.severity} {finding.code} {message}\n"
