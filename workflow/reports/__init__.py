"""What units report month by month, and lists of it and of cases as files: read row by row, whatever their length.

The sheet of one round, with its figures, is a record of that round and stands in `records`.
"""
