"""The dashboard of a served fake: pages, and drawings of what was labeled."""
