def write(folder, world):
    yield from ()
