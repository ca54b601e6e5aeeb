"""Scoring requests as Application Insights holds them: read, kept, grouped, followed."""
