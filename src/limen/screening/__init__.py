"""Patients against trials: profiles and importers, evaluation with three values, the verdict, reports, cohorts.

patient      the profile: what is known of a patient
importers    FHIR R4, OMOP CDM, a CSV of laboratory values
match        which facts a criterion means: by code, name and hierarchy
measured, timing, events, people    one kind of leaf each
logic        the tree, in three-valued logic
screen       the verdict
report       the verdict as a table or a page
cohort       many patients against many trials, through DuckDB
"""

from limen.screening.defaults import Defaults, NormalRange, read_defaults
from limen.screening.patient import Patient, read_profile
from limen.screening.read import not_understood, read_content, read_patients
from limen.screening.screen import screen, screen_all
from limen.screening.verdict import Calendar, Evidence, Judged, NearMiss, Verdict

__all__ = [
    "Calendar",
    "Defaults",
    "Evidence",
    "Judged",
    "NearMiss",
    "NormalRange",
    "Patient",
    "Verdict",
    "not_understood",
    "read_content",
    "read_defaults",
    "read_patients",
    "read_profile",
    "screen",
    "screen_all",
]
