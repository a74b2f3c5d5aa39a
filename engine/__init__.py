"""What happens to a case: rules, diagrams, runtime and commands."""
