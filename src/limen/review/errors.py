"""What the review store raises.  Each sentence is shown to the reviewer as it stands."""

from __future__ import annotations

from limen.errors import LimenError


class ReviewError(LimenError, ValueError):
    """A decision, an import or a setting that cannot be carried out."""


class ConflictError(ReviewError):
    """Somebody, or another tab, decided in between: nothing was overwritten and nothing was saved."""


class StoreError(LimenError, OSError):
    """The store cannot be read or written now: locked, full, newer than this program, or no store at all."""


class FieldError(ReviewError):
    """A field of a form that cannot be read: names the field and what was expected."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")
