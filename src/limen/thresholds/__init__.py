"""Pairing: which quantity limits which measured thing.  Works on mentions alone; needs no trained model."""

from limen.thresholds.build import Paired
from limen.thresholds.pair import pair

__all__ = ["Paired", "pair"]
