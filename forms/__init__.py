"""What is written down: document types, their fields, and the printed paper."""
