"""The only code that changes a case: a function is one transaction."""
