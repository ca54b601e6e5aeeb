"""The figures the README claims, each measured beside its peers in the same run: `make bench`."""
