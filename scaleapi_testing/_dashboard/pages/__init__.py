"""The pages of the dashboard, one file each; `_dashboard/routes.py` lists them."""
