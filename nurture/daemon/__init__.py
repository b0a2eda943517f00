"""The processes: a worker whose heartbeat calls ``tick``, a web server, and both under one roof that ends them together."""
