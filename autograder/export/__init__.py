"""Grades in the formats of others: learning platforms, continuous integration, spreadsheets.

```
wording      one case's feedback as plain text
gradescope   results.json
classroom50  result.json
```
"""
