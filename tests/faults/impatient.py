"""`madang` that waits for a provider only a moment: a time-out soon is a time-out all the same."""

from gateways import http
from server import cli

http.CONNECT_SECONDS = 0.4
http.ANSWER_SECONDS = 0.8

if __name__ == "__main__":
    cli.main()
