"""One refresh of a dataset at a time, on this host and on others."""
