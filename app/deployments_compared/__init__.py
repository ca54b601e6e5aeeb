"""Deployments beside each other: how they are set up and how they did in the last hour, from the cache alone."""
