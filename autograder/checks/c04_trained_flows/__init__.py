"""Judge of 04_trained_flows: Flows that learn."""
