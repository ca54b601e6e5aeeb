"""The same answers without a screen: one command for each pane, and the few that are no pane."""
