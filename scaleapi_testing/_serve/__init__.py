"""The doors for other processes: WSGI, HTTP and HTTPS."""
