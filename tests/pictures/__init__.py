"""Reference pictures: every figure of the pages as it should be, kept as one file a page.

`python -m tests.pictures` draws them anew; look at what changed before committing it.
"""
