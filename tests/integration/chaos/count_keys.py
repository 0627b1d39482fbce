"""Asks an `enlace serve` how often it was hit with each of the keys on the standard input: count_keys.py PORT

Keys come as a JSON list; out goes a JSON object of those that were hit.
"""
import http.client
import json
import sys


def counts(port, keys):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    found = {}
    for key in keys:
        connection.request("GET", "/count?key=" + key)
        count = json.load(connection.getresponse())["count"]
        if count:
            found[key] = count
    connection.close()
    return found


if __name__ == "__main__":
    print(json.dumps(counts(int(sys.argv[1]), json.load(sys.stdin))))
