"""Azure, once: records, readers and the connection they share. Knows nothing of the cache or the screen."""
