"""Which of a patient's facts a criterion means: by code, by name and synonym, and up the hierarchy.

A fact *is* what a criterion asks for where the names or codes say so, or where it is a kind of it (breast cancer is a
malignancy).  It *may* be where it is more general (malignancy, for breast cancer), where the criterion says more than
the record does ("uncontrolled hypertension"), or where the catalogue does not know the record's words.  Otherwise it is
*not*.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from limen.criteria import Code
from limen.lexicon import Lexicon, Measurement, load
from limen.screening.codes import code_fits
from limen.screening.phrases import ahead, degree, either_way, occasions
from limen.screening.vocabulary import is_cause, vocabulary

Relation = Literal["is", "may", "not"]
Reach = Literal["plain", "qualified", "clause"]
_QUALIFIERS, _WORDS = 2, 4
_CLASS = 10  # kinds in the catalogue from which a concept is a class of diseases or drugs rather than one of them
_TREATMENT = re.compile(r"\b(?P<of>[^\W\d_]{3,})\s(?:treatments?|therap(?:y|ies)|medications?|medicines?|drugs?)\W*$")
_TREATMENT_FOR = re.compile(r"\b(?:treatments?|therap(?:y|ies)|medications?|medicines?|drugs?)\s(?:for|of|against)\s")
_TAG = re.compile(r"\s*\((?:disorder|finding|procedure|situation|morphologic abnormality|substance|product)\)\s*$")
_PARTED = re.compile(r"(?<=\w)[+/](?=\w)")  # two names in one word: "DVT+PE"
_MARKS = re.compile(r"[^\w%+/]+")
_LOINC_NAME = re.compile(
    r"(?P<what>.+?)\s*\[[^\]]+\]\s*(?:in|of)\s+"
    r"(?P<where>serum or plasma|serum|plasma|blood|arterial blood|urine|24 hour urine)\b"
)
_ICD10 = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.?([0-9A-Z]*))?")
_METHOD = re.compile(
    r"\b(?:diagnosed|confirmed|proven|documented|verified|detected|demonstrated|established)\s+(?:by|on|with|in|through|via)\b"
    r"(?P<how>.*)",
    re.IGNORECASE | re.DOTALL,
)
FAMILY = "family history"
PAST = re.compile(r"\b(histor\w+|previous\w*|prior|past|ever|formerly|received|underwent|undergone|had)\b", re.IGNORECASE)
RECENT = re.compile(r"\b(?:recent|recently|newly|of\s+late)\b", re.IGNORECASE)
CURRENT = re.compile(
    r"\b(current\w*|active|ongoing|concurrent\w*|concomitant\w*|acute|uncontroll\w+|(?<!pre-)existing|taking|presently|now)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Label:
    """What a record calls a fact, and on what evidence it rests."""

    name: str | None
    code: Code | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class Wanted:
    """What a criterion asks for: the catalogue's id where the reader found one, the words, and the kinds that do not count."""

    concept: str | None
    text: str
    spared: frozenset[Wanted] = frozenset()
    doubtful: bool = False  # of a kind that may not count: nobody knows whether it does
    tested: bool = False  # a test must have shown that it is not there


@cache
def normal(text: str) -> str:
    """Words in lower case, parted by single spaces, without marks and without SNOMED's tag."""
    return " ".join(_MARKS.sub(" ", _TAG.sub("", text.casefold())).split())


def _method(text: str) -> tuple[str, str]:
    """'pneumonia diagnosed by chest CT' in two: what it is, and how it must be known; "diagnosed with gout" says but what it is."""
    found = _METHOD.search(text)
    return (text[: found.start()], found["how"]) if found and _words(text[: found.start()]) - _stems("filler") else (text, "")


def _stem(word: str) -> str:
    """The singular, roughly: enough to tell that two words are one."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_stem, normal(text).split()))


@cache
def _stems(kind: Literal["filler", "general", "turning", "meeting", "verdicts", "narrowing", "kinds", "bland"]) -> frozenset[str]:
    return frozenset(map(_stem, getattr(vocabulary(), kind)))


def _akin(word: str, other: str) -> bool:
    """Whether two words are forms of one: infection and infectious, cirrhosis and cirrhotic."""
    if word == other:
        return True
    least = max(5, min(len(word), len(other)) - 3)
    return len(word) > least and word[:least] == other[:least]


def _beyond(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words of which no form is among others."""
    return frozenset(word for word in words if not any(_akin(word, other) for other in others))


def _holds(words: frozenset[str], name: str) -> bool:
    """Whether all that a name says stands among some words."""
    parts = _words(name) - _stems("filler")
    return bool(parts) and not _beyond(parts, words)


class Catalogue:
    """The lexicon, indexed for a patient's labels; remembers what it has answered."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._measured = _index(
            (name, entry.id) for entry in lexicon.measured.values() for name in (entry.id, entry.name, *entry.synonyms, *_predicted(entry))
        )
        self._predicted = {normal(name) for entry in lexicon.measured.values() for name in _predicted(entry)}
        self._plain_percent = {normal(name) for entry in lexicon.measured.values() for name in (entry.name, *entry.synonyms)}
        self._concepts = _index((name, entry.id) for entry in lexicon.concepts.values() for name in (entry.id, entry.name, *entry.synonyms))
        _add_vague(self._measured, ((name, entry.id) for entry in lexicon.measured.values() for name in entry.ambiguous))
        _add_vague(self._concepts, ((name, entry.id) for entry in lexicon.concepts.values() for name in entry.ambiguous))
        self._loinc = _index((entry.loinc, entry.id) for entry in lexicon.measured.values() if entry.loinc)
        self._kinds = Counter(above for one in lexicon.concepts for above in lexicon.ancestors(one))
        self._reaches: dict[Wanted, Reach] = {}
        self._answers: dict[tuple[Wanted, Label], Relation] = {}
        self._own: dict[Label, tuple[str, ...]] = {}
        self._measured_answers: dict[Label, tuple[str, ...]] = {}

    def measured(self, label: Label) -> tuple[str, ...]:
        """The measurements or scores that a label names: none, one, or several where the name is ambiguous."""
        if label not in self._measured_answers:
            self._measured_answers[label] = self._find_measured(label)
        return self._measured_answers[label]

    def _find_measured(self, label: Label) -> tuple[str, ...]:
        coded = label.code is not None and "loinc" in label.code.system.lower()
        if coded and label.code is not None and normal(label.code.code) in self._loinc:
            return self._loinc[normal(label.code.code)]
        if label.name is None:
            return ()
        name = normal(label.name)
        if found := self._measured.get(name):
            return found
        if part := _LOINC_NAME.match(label.name.casefold()):
            what = normal(part["what"])
            return self._measured.get(f"urine {what}" if "urine" in part["where"] else what, ())
        return ()

    def means_percent_predicted(self, label: Label) -> bool:
        """Whether the name alone says "percent of predicted", as %FVC does."""
        name = (label.name or "").casefold().strip()
        return bool(name) and normal(name) in self._predicted and normal(name) not in self._plain_percent

    def concepts(self, label: Label) -> frozenset[str]:
        """The catalogue's concepts that a label names, by its code or by its name."""
        found: set[str] = set()
        if label.code is not None:
            found.update(entry.id for entry in self.lexicon.concepts.values() if code_fits(label.code, entry))
        if label.name is not None:
            found.update(self._named(label.name) or self._named(degree().sub(" ", normal(label.name)).strip()))
        return frozenset(found)

    def _named(self, text: str) -> tuple[str, ...]:
        name = normal(text)
        spellings = (name, name.removesuffix("s"), name + "s")
        return next((self._concepts[spelling] for spelling in spellings if spelling in self._concepts), ())

    def resolve(self, wanted: Wanted) -> frozenset[str]:
        """The concepts that a criterion means."""
        if wanted.concept is not None and wanted.concept in self.lexicon.concepts:
            return frozenset({wanted.concept})
        return frozenset(self._named(wanted.concept or "")) or frozenset(self._named(wanted.text))

    def relation(self, wanted: Wanted, label: Label) -> Relation:
        """Whether a fact with this label is what is asked for."""
        key = (wanted, label)
        if key not in self._answers:
            found = self._relate(Wanted(wanted.concept, either_way().sub(" ", wanted.text)), label)
            self._answers[key] = self._beside(found, wanted.spared, label) if wanted.spared else found
        return self._answers[key]

    def _beside(self, found: Relation, spared: frozenset[Wanted], label: Label) -> Relation:
        """The relation of a fact to what is asked for, from its relations to that and to the kinds of it that do not count."""
        kinds = {(self.relation(one, label), one.doubtful) for one in spared}
        if found == "not" or ("is", False) in kinds:
            return "not"
        return "may" if kinds & {("may", False), ("is", True)} or self._comes_of(spared, label) else found

    def _comes_of(self, spared: frozenset[Wanted], label: Label) -> bool:
        """Whether a record tells what may come of a kind that does not count: metastases, of the cancer."""
        above = frozenset().union(*map(self.lexicon.ancestors, self.concepts(label)))
        sources = frozenset().union(*(self.lexicon.concepts[one].parents for one in above & vocabulary().secondary))
        return any(sources & self.lexicon.ancestors(named) for one in spared for named in self.resolve(one))

    def _relate(self, wanted: Wanted, label: Label) -> Relation:
        core, method = _method(wanted.text)
        if method and not _words(method) <= _stems("filler"):
            proven = bool((_words(method) & _words(label.evidence or "")) - _stems("filler"))
            found = self._relate(Wanted(wanted.concept, core), label)
            return "may" if found == "is" and not proven and normal(label.name or "") != normal(wanted.text) else found
        wanted = Wanted(wanted.concept, core)
        name = normal(label.name or "")
        if name and name == normal(wanted.text):
            return "is"
        asked, known = self.resolve(wanted), self.concepts(label)
        if not asked:
            said = _words(wanted.text) - _stems("filler")
            if said and said == _words(name) - _stems("filler"):
                return "is"
            if name and name == normal((wanted.concept or "").replace("_", " ")):
                return "is" if not _words(wanted.text) - _words(name) - _stems("filler") else "may"
            shared = (_words(wanted.text) & _words(name)) - _stems("filler") - _stems("general")
            return "may" if shared or not known or self._is_class(known) else "not"
        if not known:
            return self._unlisted(asked, label)
        if any(asked & self.lexicon.ancestors(one) for one in known):
            narrowed = not asked & known and (bool(_words(wanted.text) & _stems("narrowing")) or self._is_vague(wanted, asked))
            return "is" if not narrowed and not self._is_treatment(wanted.text, asked) and self._says_no_more(wanted, asked, label, known) else "may"
        if any(known & self.lexicon.ancestors(one) for one in asked) or self._comes_with(asked, known) or self._may_do(asked, known):
            return "may"
        return "may" if self._tells_of(wanted, label) else "not"

    def _is_vague(self, wanted: Wanted, asked: frozenset[str]) -> bool:
        """Whether a bare name may stand for a few of its kinds, told elsewhere: "allergy" of "allergy or intolerance to statins"."""
        return any(not _words(wanted.text) & vocabulary().vague.get(one, _words(wanted.text)) for one in asked)

    def _comes_with(self, asked: frozenset[str], known: frozenset[str]) -> bool:
        """Whether what a record says may be, or come with, what is asked for, though it is no kind of it."""
        above = frozenset().union(*map(self.lexicon.ancestors, known))
        return any(asked.intersection(self.lexicon.concepts[one].kin) for one in above)

    def _may_do(self, asked: frozenset[str], known: frozenset[str]) -> bool:
        """Whether a drug may be of a class that is named by what its drugs do, or how they are given, and of which no list is complete."""
        return bool(asked & vocabulary().open_classes) and any(self.lexicon.concepts[one].kind == "drug" for one in known)

    def _is_class(self, known: frozenset[str]) -> bool:
        """Whether a record names a whole class, such as malignancy or infection, of which the catalogue does not know every kind."""
        return any(self._kinds[one] >= _CLASS for one in known)

    def reach(self, wanted: Wanted) -> Reach:
        """How far the criterion's words go beyond a name: not at all, by a qualifier or two, or so far that a fact about
        what is named says nothing about them ("inability to undergo X")."""
        if wanted not in self._reaches:
            self._reaches[wanted] = self._find_reach(wanted)
        return self._reaches[wanted]

    def is_listable(self, wanted: Wanted) -> bool:
        """Whether a complete list would hold it: a state of the person, such as consent, what was measured, and what relatives had, stand on none."""
        if wanted.text.lower().startswith(FAMILY) or wanted.tested:
            return False
        asked = self.resolve(wanted)
        if not asked and (self._names_measured(wanted.text) or not vocabulary().doings.isdisjoint(normal(wanted.text).split())):
            return False
        kinds = {self.lexicon.concepts[one].kind for one in asked}
        unlisted = asked & vocabulary().unlisted or any(self.lexicon.ancestors(one) & vocabulary().unlisted_classes for one in asked)
        return "demographic" not in kinds and not unlisted and self.reach(wanted) != "clause"

    def _names_measured(self, text: str) -> bool:
        """Whether a text names something that is measured: "elevated ESR"."""
        words = normal(text).split()
        return any(" ".join(words[i : i + n]) in self._measured for n in range(1, 5) for i in range(len(words) - n + 1))

    def _find_reach(self, wanted: Wanted) -> Reach:
        asked = self.resolve(wanted)
        further = self._further(_method(wanted.text)[0], [name for one in asked for name in self._names(one)])
        if not asked and further <= _stems("verdicts"):
            return "clause"
        met = bool(further & _stems("meeting")) and all(self.lexicon.concepts[one].kind == "condition" for one in asked)
        given = self._is_treatment(wanted.text, asked) and not (asked and _TREATMENT_FOR.search(wanted.text.lower()))  # who has no gout has no drugs for it
        undergoing = "undergoing" in normal(wanted.text).split() and any(self.lexicon.ancestors(one) & vocabulary().operations for one in asked)
        if met or given or undergoing or further & _stems("turning") or ahead().search(wanted.text) or len(further) > (_QUALIFIERS if asked else _WORDS):
            return "clause"
        return "qualified" if further and asked else "plain"

    def _is_treatment(self, text: str, asked: frozenset[str]) -> bool:
        """Whether words name what is given for a disease, not the disease ("on hepatitis treatment", "drugs for gout"), or what something came of."""
        diseases = [one for one in asked if self.lexicon.concepts[one].kind == "condition"]
        if len(diseases) == len(asked) and _TREATMENT_FOR.search(text.lower()):
            return True
        if (given := _TREATMENT.search(text.lower())) is None or not diseases:
            return bool(asked) and not diseases and (is_cause(text) or self._is_occasion(text, asked))
        return any(name.lower().endswith(given["of"]) for one in diseases for name in self._names(one))

    def _is_occasion(self, text: str, asked: frozenset[str]) -> bool:
        """Whether a treatment is but when something else was, or what for: "CNS involvement prior to chemotherapy"."""
        found = occasions().search(text)
        head = f" {normal(text[: found.start()])} " if found else ""
        return bool(_words(head) - _stems("filler")) and not any(f" {normal(name)} " in head for one in asked for name in self._names(one))

    def _further(self, text: str, names: Iterable[str]) -> frozenset[str]:
        """The words of a text that mean something and that the nearest of the names does not cover."""
        words = _words(text) - _stems("filler")
        left = [_beyond(words, _words(name)) for name in names]
        return min(left, key=len, default=words)

    def _names(self, concept: str) -> tuple[str, ...]:
        entry = self.lexicon.concepts[concept]
        return (entry.id.replace("_", " "), entry.name, *entry.synonyms, *entry.ambiguous)

    def _says_no_more(self, wanted: Wanted, asked: frozenset[str], label: Label, known: frozenset[str]) -> bool:
        """Whether the criterion's words say no more than the concept's names and the record's."""
        names = [label.name or "", *(name for one in asked for name in self._names(one))]
        return not self._further(wanted.text, names) and not self._tells_apart(wanted.text, asked, label, known)

    def _tells_apart(self, text: str, asked: frozenset[str], label: Label, known: frozenset[str]) -> bool:
        """Whether a synonym is that of a kind only, of which the record says nothing: "metastatic breast cancer", of breast cancer."""
        own = [self.lexicon.concepts[one].name for one in asked]
        said = [label.name or "", *own, *(name for one in known for name in (one.replace("_", " "), self.lexicon.concepts[one].name))]
        above = frozenset().union(*map(self.lexicon.ancestors, known))
        nature = {word for word, ids in vocabulary().nature.items() if above & ids}
        words = _words(text) - (_stems("filler") - _stems("kinds")) - nature
        further = _beyond(words, frozenset().union(*map(_words, said)))
        if further & _stems("kinds") or not any(_holds(words, name) for name in own):
            return bool(further & _stems("kinds"))
        same = [name for one in asked for name in self._names(one) if not any(_holds(_words(name), other) for other in own)]
        again = [_words(name) for name in same if _words(name) <= words]  # "HIV (human immunodeficiency virus)"
        return bool(further - _stems("bland") - frozenset().union(*again))

    def mentions(self, text: str, label: Label) -> bool:
        """Whether a text, such as a trial's registered conditions, names what a fact is."""
        names = {normal(name) for one in self.concepts(label) for name in self._names(one)} | {normal(label.name or "")}
        padded = f" {normal(text)} "
        return any(name and f" {name} " in padded for name in names)

    def _tells_of(self, wanted: Wanted, label: Label) -> bool:
        """Whether the criterion's words name a fact beside what it asks for: "severe symptoms of COVID-19", of COVID-19."""
        if label not in self._own:
            names = {normal(name) for one in self.concepts(label) for name in self._names(one)} | {normal(label.name or "")}
            self._own[label] = tuple(f" {name} " for name in names if name)
        said = normal(wanted.text)
        padded = f" {said} {_PARTED.sub(' ', said)} "
        told = [name for name in self._own[label] if name in padded]
        asked = [f" {normal(name)} " for one in self.resolve(wanted) for name in self._names(one)] if told else []
        return any(not any(name in longer for longer in asked) for name in told)

    def _unlisted(self, asked: frozenset[str], label: Label) -> Relation:
        """A fact outside the catalogue: its ICD-10 code may still say that it is something else."""
        blocks = [block for one in asked for block in self.lexicon.concepts[one].icd10]
        code = label.code
        coded = code is not None and "icd" in code.system.lower() and _ICD10.fullmatch(code.code)
        return "not" if blocks and coded else "may"

    def excludes(self, wanted: Wanted, label: Label) -> bool:
        """Whether saying that `label` is absent says that what is asked for is absent too."""
        name = normal(label.name or "")
        if name and name == normal(wanted.text):
            return True
        known = set(self._named(label.name or ""))
        named = bool(name) and name == normal((wanted.concept or "").replace("_", " "))
        asked = self.resolve(wanted)
        above = any(known & self.lexicon.ancestors(one) for one in asked)
        wide = not self._tells_apart(label.name or "", frozenset(known), Label(wanted.text), asked)  # who has no guttate psoriasis may have another
        return self.reach(wanted) != "clause" and wide and (named or above)


def _predicted(entry: object) -> tuple[str, ...]:
    return entry.predicted if isinstance(entry, Measurement) else ()


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, owner in pairs:
        owners = found.setdefault(normal(name.replace("_", " ")), [])
        if owner not in owners:
            owners.append(owner)
    return {name: tuple(owners) for name, owners in found.items()}


def _add_vague(index: dict[str, tuple[str, ...]], pairs: Iterable[tuple[str, str]]) -> None:
    """Adds the names that an entry bears only among others; a name that an entry bears plainly stays its own."""
    for name, owners in _index(pairs).items():
        index.setdefault(name, owners)


@cache
def catalogue() -> Catalogue:
    """The index of the lexicon that limen ships."""
    return Catalogue(load())
