"""Planning calculators: typed inputs to typed results with their working. Nothing is here yet."""
