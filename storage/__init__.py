"""What is kept: models, queries, the event chain and the object store."""
