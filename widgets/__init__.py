"""What draws: Textual widgets and the plain descriptions they draw from. Knows nothing of Azure or SQLite."""
