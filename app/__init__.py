"""The bridge: the only package that knows Azure, the cache and the screen at once."""
