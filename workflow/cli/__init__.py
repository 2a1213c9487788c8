"""The commands. Each loads its rooms only when it is called, so that `--help` answers at once."""
