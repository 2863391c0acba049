"""Small records of invented trials, one for each format that limen reads, with the habits of the real pages."""
