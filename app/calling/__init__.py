"""Test calls of endpoints: saved payloads, one request to each deployment, their answers beside each other."""
