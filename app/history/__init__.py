"""The history of runs in the cache: read once and backwards, resumable after every page; `plan` says how far it is."""
