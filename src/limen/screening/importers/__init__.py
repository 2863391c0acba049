"""Patients from other people's formats: each module reads one into the profile."""
