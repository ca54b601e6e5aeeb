"""Rows as files: what a column of one holds, the note at its top, its forms, and how it comes to be there whole."""
