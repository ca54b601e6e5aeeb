"""Tests: they mirror the folders; terminal/ drives the program from outside, journeys/ from inside."""
