"""Pairing: which quantity limits which measured thing.  Works on mentions alone; needs no trained model."""

from limen.thresholds.pair import Paired, pair

__all__ = ["Paired", "pair"]
