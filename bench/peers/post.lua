-- wrk sends what enlace's plain call sends.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.rep("x", 120)
