"""What spaCy must know of before it reads the config: limen's tokenizer."""

from limen.reading.tokenizer import create_clinical_tokenizer

__all__ = ["create_clinical_tokenizer"]
