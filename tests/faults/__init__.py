"""What Azure, the network and the disk may do wrong: nothing that was known is lost, and nothing goes on for ever."""
