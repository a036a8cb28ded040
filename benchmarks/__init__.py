"""What `make bench` measures: each figure beside its floor of the same run."""
