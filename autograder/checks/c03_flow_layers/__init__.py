"""Judge of 03_flow_layers: The layers of a flow."""
