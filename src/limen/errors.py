"""What limen raises on misuse.

Text that cannot be read is never an exception: it is a `limen.criteria.Finding`.  An exception means that the caller
asked for something that cannot be done, and its sentence says what, where and what to do.
"""

from __future__ import annotations


class LimenError(Exception):
    """The parent of every error that limen raises on purpose."""


class RecordError(LimenError, ValueError):
    """A registry record that holds no eligibility text that could be read."""

    def __init__(self, reason: str, *, source: str = "") -> None:
        self.reason = reason
        self.source = source
        super().__init__(f"{source}: {reason}" if source else reason)


class LexiconError(LimenError, ValueError):
    """A lexicon file that breaks a rule of its format."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        self.file = file
        self.entry = entry
        self.reason = reason
        super().__init__(f"{file}: {entry}: {reason}")


class UnitError(LimenError, ValueError):
    """A unit that is unknown, or a conversion that is not defined."""

    def __init__(self, reason: str, *, unit: str | None = None) -> None:
        self.unit = unit
        self.reason = reason
        super().__init__(reason)


class PatientError(LimenError, ValueError):
    """A patient profile with a field that is wrong: names the field and what was expected."""

    def __init__(self, field: str, reason: str, *, source: str = "") -> None:
        self.field = field
        self.reason = reason
        self.source = source
        where = f"{source}: " if source else ""
        super().__init__(f"{where}{field}: {reason}")


class MissingExtraError(LimenError, ImportError):
    """A feature whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        self.feature = feature
        self.extra = extra
        super().__init__(f"{feature} needs more packages: pip install 'limen[{extra}]'")
