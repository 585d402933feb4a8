"""The operations of version 2, one file per resource."""
