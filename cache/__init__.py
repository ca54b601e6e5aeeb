"""All that was seen, in SQLite. Generic over record types; knows nothing of Azure or the screen."""
