"""A part of the Kusto Query Language, evaluated over tables, with the kinds, nulls and errors of Log Analytics.

Statements: `let` (values, and rows that are asked for again each time they are named).
Sources: a table, `union` (`isfuzzy`, `withsource`, `kind`), `print`, `range`, `datatable`, a query in parentheses.
Operators: where, extend, project, project-away, summarize … by, order and sort, top, take and limit, distinct, count,
union, as, getschema.
Between values: arithmetic of numbers, times and lengths of time; comparing; and, or; between; in, in~; =~, !~, has,
has_any, has_all, contains, startswith, endswith, hasprefix, hassuffix, each with `!` and `_cs`; matches regex (RE2);
`.field`, `["field"]` and `[0]` of dynamic values.
Functions: see `functions.FUNCTIONS`, with now, ago, toscalar; of many rows: see `aggregates.NAMES`.

What is not in it is an error, in the form the service has for what it does not know: a SyntaxError with its place, or
a SemanticError. Percentiles and distinct counts are exact, where the service estimates.
"""
