"""What is billed, looked at closely: cut every way, month by month, with what is expected and what was meant."""
