"""The triage of an endpoint: its signals read and kept, judged, and shown. `services.triage` does the judging."""
