"""What the owner's documents say that a reader can do, done in a browser, sentence by sentence."""
