"""Use cases of files that wait to be sent, and the parts that other slices attach and read by."""
