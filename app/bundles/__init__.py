"""Incident bundles: all that a triage shows of one endpoint in one redacted file, to be opened on another machine."""
