"""Speed, memory and page weight, as ratios to a reference measured in the same run."""
