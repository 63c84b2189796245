"""Publishers' files made odd in one place: each is refused by name or published as it says."""
