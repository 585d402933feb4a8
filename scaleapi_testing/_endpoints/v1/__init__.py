"""The operations of version 1 of the API, one file per resource."""
