"""Roll-ups: pure functions from cached records to the rows of `app.rows`. No I/O; `app.sources` reads and writes."""
