"""A second, independent way from the landed files to the numbers, for `flask data verify`.

Only the standard library reads the files here, and nothing is shared with the transforms: labels,
dates, bank holidays and areas are worked out again. What both ways agree on is the declaration of
the measures and the publishers' files.
"""
